using System.CommandLine;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate</c>: the database by hand. A backend does the same by itself when it starts.</summary>
internal static class MigrateCommand
{
    public static Command Create(Func<ParseResult, DataDirectory> location)
    {
        var options = new MigrateOptions(location);
        return new Command(
            "migrate",
            "Look after the database by hand: this product's own, or any other with --database. Exit codes: 0 done or nothing to do, 1 wrong use, "
            + "2 refused (nothing was changed) or, from verify, something is wrong, 3 failed (the database is as it was).")
        {
            options.Database, options.Desired, options.Hints, options.Wait,
            MigrateStatus.Create(options), MigratePlan.Create(options), MigrateApply.Create(options), MigrateVerify.Create(options),
            MigrateRollback.Create(options), MigrateHistory.Create(options), MigrateRestore.Create(options),
        };
    }
}

/// <summary>What the exit code of a migrate command says.</summary>
internal static class MigrateExit
{
    /// <summary>Done, or nothing was to be done.</summary>
    public const int Done = 0;
    /// <summary>The command line makes no sense.</summary>
    public const int WrongUse = 1;
    /// <summary>Refused; nothing was changed.</summary>
    public const int Refused = 2;
    /// <summary>Begun and failed; the database is as it was.</summary>
    public const int Failed = 3;
}
