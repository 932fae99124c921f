using System.Collections.Concurrent;
using System.Data.Common;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>
/// An open database, and everything about an upgrade that the databases do differently. The flow of an upgrade (<see cref="Migrator"/>) is written
/// once and asks here.
/// </summary>
internal abstract class DatabaseSession(DbConnection connection, UpgradeOptions options) : IDisposable
{
    private const int Remembered = 32;
    private static readonly ConcurrentDictionary<string, DatabaseSchema> Built = new();

    public DbConnection Connection => connection;

    public UpgradeOptions Options => options;

    public abstract ISchemaDialect Dialect { get; }

    /// <summary>How names are compared.</summary>
    public abstract IEqualityComparer<string> Names { get; }

    /// <summary>The DDL of the history, and the SQL of what every change of the schema changes: the other half of the stamp.</summary>
    public abstract (string Table, string Cookie) History { get; }

    /// <summary>Whether the table of the history is there.</summary>
    public abstract bool HasHistory { get; }

    /// <summary>Which server or engine builds a wanted schema: two with the same name build the same.</summary>
    protected abstract string Builder { get; }

    /// <summary>The schema as it is.</summary>
    public abstract DatabaseSchema Read();

    /// <summary>Asks what may be asked over this connection again.</summary>
    public virtual List<object?[]> Ask(string sql) => connection.Rows(sql);

    /// <summary>The schema that statements would make where there is nothing.</summary>
    /// <exception cref="SchemaException">One of them does not work.</exception>
    public DatabaseSchema Of(IReadOnlyList<string> statements)
    {
        var key = $"{Builder} {WantedSchema.Hash(string.Join('\0', statements))}";
        if (!Built.TryGetValue(key, out var known))
        {
            if (Built.Count >= Remembered)
            {
                Built.Clear();
            }

            known = Built[key] = Build(statements);
        }

        return known;
    }

    /// <summary>The schema that a database had, from the statements that were read of it.</summary>
    public DatabaseSchema OfFound(IReadOnlyList<string> statements) => Of([.. statements.Where(IsBuilt)]);

    /// <summary>A wanted schema with what only the database can say of it.</summary>
    public virtual DatabaseSchema Completed(DatabaseSchema wanted, DatabaseSchema found) => wanted;

    /// <summary>Tells how far a statement is until it is disposed of, 0 to 99; null when that cannot be told.</summary>
    public virtual IDisposable? Watch(string sql, long rows, Action<int> report) => null;

    /// <summary>Views, triggers and functions that do not work, each with the reason.</summary>
    public abstract IReadOnlyDictionary<string, string> Broken(DatabaseSchema schema);

    /// <summary>Rows without their parent, named in a way that survives renames.</summary>
    public abstract IReadOnlyList<string> Orphans(Table table, Func<string, string> renamed);

    /// <summary>What the database finds wrong with itself.</summary>
    public abstract IReadOnlyList<string> Damage();

    /// <summary>What is wrong with a table that was written anew, or null.</summary>
    public virtual string? Damage(string table) => null;

    /// <summary>How many rows a table has.</summary>
    public abstract long Count(string table);

    /// <summary>How many bytes a table takes, as far as that is known.</summary>
    public abstract long Bytes(string table);

    /// <summary>
    /// A number that two contents of the columns share only when they are equal, in any order of rows; null where a step proves it itself.
    /// </summary>
    public virtual string? Hash(string table, IReadOnlyList<string> columns) => null;

    /// <summary>Waits until nobody else migrates, and begins the transaction.</summary>
    /// <exception cref="RefusalException">Somebody else would not end.</exception>
    public abstract IDisposable Lock();

    /// <summary>What is left to do about a column that a progressive backfill has filled; null when none has.</summary>
    public abstract FilledAhead? FilledAhead(string table, string column);

    /// <summary>The backup that was made before a progressive backfill; null when one is to be made now.</summary>
    public abstract (string? Name, string? Hash)? BackedUpAhead();

    /// <summary>Keeps others from the tables that a plan changes, until the transaction ends.</summary>
    /// <returns>Whether the plan must be made anew to be sure of it.</returns>
    public virtual bool Freeze(SchemaPlan plan) => false;

    /// <exception cref="RefusalException">There is not enough room.</exception>
    public abstract void NeedSpace(SchemaPlan plan);

    /// <summary>Copies what could be lost, and verifies the copy.</summary>
    /// <param name="found">The schema as it is.</param>
    /// <param name="label">What it is from, as part of its name.</param>
    /// <param name="touched">The tables whose rows may change or go.</param>
    public abstract (string? Name, string? Hash) BackUp(DatabaseSchema found, string label, IReadOnlyList<string> touched);

    /// <summary>Drops the oldest backups beyond those that are kept.</summary>
    public abstract void Prune();

    /// <summary>Upgrades that failed before there was a history, oldest first. They are kept beside the database.</summary>
    public abstract IReadOnlyList<MigrationRow> Failures();

    /// <summary>Keeps failures beside the database, without changing it.</summary>
    public abstract void KeepFailures(IReadOnlyList<MigrationRow> failures);

    /// <summary>They are in the history, which is committed in this moment: they need not be kept beside it.</summary>
    /// <param name="isCommitted">Called once before and once after the commit.</param>
    public abstract void ForgetFailures(bool isCommitted);

    /// <summary>Before the first step, and after the last.</summary>
    public virtual void Stepping(bool begins)
    {
    }

    /// <summary>Before the statements of a step.</summary>
    public virtual void Before(bool isRename)
    {
    }

    /// <summary>Runs something whose failure is no failure of the transaction.</summary>
    public virtual T Try<T>(Func<T> act) => act();

    /// <summary>Asks something whose failure is no failure of the transaction.</summary>
    public virtual List<object?[]> TryAsk(string sql) => Try(() => connection.Rows(sql));

    /// <summary>Whether an error says that something is not there.</summary>
    public abstract bool IsMissing(DbException error);

    /// <summary>The code of the refusal that an error of a statement is: rows, conflict, locked; null when it is a failure.</summary>
    public abstract string? Refusal(DbException error);

    /// <summary>Ends the transaction: everything is there, or nothing.</summary>
    public abstract void Commit();

    public void Dispose()
    {
        connection.Dispose();   // ends what is not committed
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether a statement that was read of a database is run to build the like of it.</summary>
    protected abstract bool IsBuilt(string statement);

    protected abstract DatabaseSchema Build(IReadOnlyList<string> statements);
}
