using Microsoft.Extensions.Time.Testing;
using Orchestrator.Front;
using Orchestrator.Host.Clients;

namespace Orchestrator.Host.Tests.Clients;

/// <summary>A user's home directory with the installer that works in it.</summary>
internal sealed class ClientHome : IDisposable
{
    public const string Program = "/opt/orchestrator/orchestrator-front";

    public ClientHome()
    {
        Path = Directory.CreateTempSubdirectory("orchestrator-home-").FullName;
        Machine = new ClientMachine(ClientSystem.Linux, name => name == "HOME" ? Path : null);
        Installer = new ClientInstaller(Machine, Clock);
    }

    public string Path { get; }

    public ClientMachine Machine { get; }

    public ClientInstaller Installer { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public BackendCommand Command { get; } = new(Program, []);

    public string FileOf(string client) => Machine.ConfigFile(KnownClients.Find(client)!, null)!;

    public string Write(string client, string text)
    {
        var file = FileOf(client);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public ClientOutcome Install(string client, BackendCommand? command = null, bool dryRun = false) =>
        Installer.Install(KnownClients.Find(client)!, null, command ?? Command, dryRun);

    public ClientOutcome Uninstall(string client) => Installer.Uninstall(KnownClients.Find(client)!, null, dryRun: false);

    public ClientState Look(string client) => Installer.Look(KnownClients.Find(client)!, null, Command).State;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
