using System.Diagnostics;
using System.Globalization;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Postgres;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>The process that migrates and dies.</summary>
internal static class KillWorker
{
    public const string Where = "ORCHESTRATOR_KILL_DATABASE";
    public const string Which = "ORCHESTRATOR_KILL_CASE";
    public const string Backups = "ORCHESTRATOR_KILL_BACKUPS";
    public const string At = "ORCHESTRATOR_KILL_AT";

    private static int Main()
    {
        if (Environment.GetEnvironmentVariable(Where) is not { } database)
        {
            return 0;
        }

        var (left, act) = (int.Parse(Environment.GetEnvironmentVariable(At)!, CultureInfo.InvariantCulture), 0);
        var options = new UpgradeOptions
        {
            BackupFolder = Environment.GetEnvironmentVariable(Backups),
            Reached = name =>
            {
                if (act++ == left)
                {
                    Console.Out.Write($"{name}\n");
                    Console.Out.Flush();
                    Process.GetCurrentProcess().Kill();
                    Thread.Sleep(Timeout.Infinite);   // the signal is on its way
                }
            },
        };
        var isPostgres = Environment.GetEnvironmentVariable(Which) == nameof(FaultCase.Postgres);
        var it = isPostgres ? FaultCase.Postgres : FaultCase.Sqlite;
        var statements = isPostgres ? PostgresScript.Statements(it.Wanted) : SqlScript.Statements(it.Wanted);
        Console.Error.Write(DatabaseUpgrade.For(database, new WantedSchema(statements, SchemaHints.Parse(FaultCase.Hints)), options).Apply());
        return 1;   // it was not killed
    }
}
