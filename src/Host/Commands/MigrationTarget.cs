using Orchestrator.Actors.Migrations;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Demo;
using Orchestrator.Protocol.Locations;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Host.Commands;

/// <summary>The database that a migrate command works on.</summary>
/// <param name="Address">Its file or connection string.</param>
/// <param name="Wanted">What it shall be.</param>
/// <param name="Wait">How long to wait for another that writes.</param>
/// <param name="Location">The data directory, when it is this product's own.</param>
internal sealed record MigrationTarget(string Address, WantedSchema Wanted, TimeSpan Wait, DataDirectory? Location)
{
    /// <summary>The database of a data directory.</summary>
    public static MigrationTarget OfProduct(DataDirectory location, TimeSpan wait) =>
        new(new BackendOptions(location, BackendOptions.DefaultIdle).Database, OrchestratorDatabase.Wanted, wait, location);

    /// <summary>Any database, with the text of its DDL and of its hints.</summary>
    public static MigrationTarget OfAny(string address, string ddl, string hints, TimeSpan wait) =>
        new(
            DatabaseUpgrade.IsPostgres(address) ? address : DatabaseUpgrade.PathOf(address),
            new WantedSchema(DatabaseUpgrade.Statements(address, ddl), SchemaHints.Parse(hints)), wait, null);

    /// <summary>Whether there is something to look at.</summary>
    public bool Exists => DatabaseUpgrade.IsPostgres(Address) || File.Exists(Address);

    /// <summary>The same, with columns that are no longer wanted free to go.</summary>
    public MigrationTarget Destructive() => this with
    {
        // Not by "with": the fingerprint, by which an unchanged database is recognised, covers the hints.
        Wanted = new WantedSchema(Wanted.Statements, Wanted.Hints with { AllowDestructive = true }, Wanted.Version) { Derived = Wanted.Derived },
    };

    /// <summary>The engine.</summary>
    public DatabaseUpgrade Upgrade() => DatabaseUpgrade.For(Address, Wanted, Options());

    /// <summary>How it works, with its progress on standard error.</summary>
    public UpgradeOptions Options() => new()
    {
        Program = BuildInfo.Build,
        LockWait = Wait,
        RefuseOlder = Location is not null,   // a file of DDL may go back to what it said before
        Progress = progress => Console.Error.WriteLine(progress.Of > 0
            ? $"{progress.Phase} {progress.Step} of {progress.Of}: {progress.What}{(progress.Percent is { } p ? $", {p} %" : "")}"
            : $"{progress.Phase}: {progress.What}{(progress.Percent is { } done ? $", {done} %" : "")}"),
    };

    /// <summary>Refuses a command that needs a database when there is none.</summary>
    /// <exception cref="DatabaseInUseException">There is none.</exception>
    public void MustExist()
    {
        if (!Exists)
        {
            throw new DatabaseInUseException($"There is no database {Address}. The first start of a client makes it; so does: orchestrator migrate apply");
        }
    }

    /// <summary>Keeps the backends of the data directory away until it is disposed of; null for another database, which the engine itself locks.</summary>
    /// <exception cref="DatabaseInUseException">One of them has the database.</exception>
    public async Task<IDisposable?> Lock(CancellationToken cancellation)
    {
        if (Location is null)
        {
            return null;
        }

        Location.PrepareDataDirectory();
        var isKnown = File.Exists(DatabaseLock.PathIn(Location));
        var held = DatabaseLock.TryTake(Location);
        if (held is not null && (isKnown || !HasOlderBackend(Location)))
        {
            return held;
        }

        held?.Dispose();
        var holder = await BackendProbe.ProcessId(Location, cancellation) is { } process ? $"the backend (process {process})" : "another process";
        throw new DatabaseInUseException(
            $"{holder} works with {Address}. A backend upgrades its database by itself when it starts. Close the clients of this project or end that "
            + "process, then try again. Nothing was changed.");
    }

    // A build from before this lock holds only the other one.
    private static bool HasOlderBackend(DataDirectory location)
    {
        using var free = BackendLock.TryTake(location.LockPath);
        return free is null;
    }
}
