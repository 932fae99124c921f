using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Actors.Migrations;
using Orchestrator.Host.Clients;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Tests.Diagnosis;

/// <summary>A data directory with a database of its own, a project and a home, into which faults are planted; and what the doctor says about
/// them.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SickStore : IDisposable
{
    public SickStore()
    {
        Home = Directory.CreateTempSubdirectory("orchestrator-sick-").FullName;
        Project = Directory.CreateDirectory(Path.Combine(Home, "project")).FullName;
        Location = DataDirectory.Resolve(null, Project, name => name == "HOME" ? Home : null, Project);
        Location.PrepareDataDirectory();
        Location.PrepareRunDirectory();
        OrchestratorDatabase.Open(Database).Store.Close();
        Execute("INSERT INTO writer (id, epoch, holder, taken_at) VALUES (1, 3, 'process 4711', 0)");
    }

    public string Home { get; }

    public string Project { get; }

    public DataDirectory Location { get; }

    public string Database => StoreLook.FileOf(Location);

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    /// <summary>Changes what cannot be planted, such as a full disk.</summary>
    public Func<Patient, Patient> Machine { get; set; } = p => p;

    /// <summary>The backend as it looks; null: as it is.</summary>
    public BackendLook? Backend { get; set; }

    public void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>What a check finds.</summary>
    public async Task<IReadOnlyList<Finding>> Find(string check)
    {
        var patient = await Patient.At(Location, Clock, CancellationToken.None) with
        {
            Environment = name => name == "HOME" ? Home : null,
            Clients = new ClientMachine(ClientSystem.Linux, name => name == "HOME" ? Home : null),
        };
        patient = Machine(Backend is { } backend ? patient with { Backend = backend } : patient);
        return Checks.All.Single(c => c.Name == check).Run(patient);
    }

    public void Dispose()
    {
        File.SetUnixFileMode(Location.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(Home, recursive: true);
    }
}
