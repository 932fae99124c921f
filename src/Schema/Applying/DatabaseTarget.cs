using System.Data.Common;

namespace Orchestrator.Schema.Applying;

/// <summary>A database that may be upgraded: where it is, and how it is opened. There is one class for each kind of database.</summary>
internal abstract class DatabaseTarget
{
    /// <summary>What to call it in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Opens it to look at it; nothing is changed, not even made.</summary>
    public abstract T Look<T>(UpgradeOptions options, Func<DatabaseSession, T> look);

    /// <summary>Opens it to change it; what is not there is made.</summary>
    public abstract DatabaseSession Open(UpgradeOptions options);

    /// <summary>Opens it to fill columns ahead of a migration.</summary>
    public abstract Backfill Backfill(WantedSchema wanted, UpgradeOptions options);

    /// <summary>Puts a backup in its place.</summary>
    public abstract UpgradeOutcome Restore(string backup, UpgradeOptions options);

    /// <summary>Whether an error says that it cannot be written to: that is how it is, not how a migration of it went.</summary>
    public abstract bool IsReadOnly(DbException error);

    /// <summary>What an error of the database as a whole means: that it is damaged, or cannot be reached.</summary>
    public abstract UpgradeRefusal Explain(DbException error);

    /// <summary>Whether an error says that the database is damaged or cannot be reached, so that nothing was begun.</summary>
    public abstract bool IsUnusable(DbException error);
}
