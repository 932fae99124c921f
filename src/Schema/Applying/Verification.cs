using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Applying;

/// <summary>What was sound before a migration, and whether it is sound after it. What was broken before is not held against it.</summary>
internal sealed class Verification
{
    private readonly SqliteConnection _connection;
    private readonly HashSet<string> _broken;
    private readonly HashSet<string> _orphans;
    private readonly Dictionary<string, long> _counts;
    private readonly Func<string, string> _renamed;

    public Verification(SqliteConnection connection, Assessment before, IReadOnlyList<PlannedStep> steps)
    {
        _connection = connection;
        _broken = [.. before.Broken.Keys.Select(SqlTokens.Fold)];
        _renamed = SqliteDialect.RenamedTables([.. steps.Select(s => s.Step)], SqliteNames.Comparer);
        _orphans = [.. before.Found.Tables.SelectMany(t => Orphans(t, _renamed))];
        var touched = steps.Select(s => SqlTokens.Fold(s.Step.On)).ToHashSet();
        _counts = before.Found.Tables
            .Where(t => !t.IsVirtual && (touched.Contains(SqlTokens.Fold(t.Name)) || touched.Contains(SqlTokens.Fold(_renamed(t.Name))))
                && !steps.Any(s => s.Step is DropTable d && SqliteNames.Comparer.Equals(d.Found.Name, _renamed(t.Name))))
            .ToDictionary(t => _renamed(t.Name), t => Count(t.Name), SqliteNames.Comparer);
    }

    /// <summary>Looks at everything again.</summary>
    /// <exception cref="RefusalException">Something that was sound is not.</exception>
    public void Check(IReadOnlyList<PlannedStep> steps)
    {
        var found = SqliteIntrospection.Read(_connection);
        foreach (var (table, count) in _counts)
        {
            var now = Count(table);
            Must(now == count, "rows", $"{table} has {now} rows where it had {count}");
        }

        var orphans = found.Tables.SelectMany(t => Orphans(t, name => name)).Where(o => !_orphans.Contains(o)).Take(6).ToList();
        Must(orphans.Count == 0, "rows", $"rows without their parent: {string.Join("; ", orphans)}");
        foreach (var (name, reason) in SqliteSoundness.Broken(_connection, found))
        {
            Must(_broken.Contains(SqlTokens.Fold(name)), "conflict", $"{name} would no longer work: {reason}");
        }

        foreach (var rebuilt in steps.Where(s => s.Step.RewritesTable).Select(s => s.Step.On))
        {
            var sound = (string?)_connection.Scalar($"PRAGMA quick_check({SqlTokens.Quote(rebuilt)})");
            Must(sound == "ok", "damaged", $"{rebuilt}: {sound}");
        }
    }

    private static void Must(bool holds, string code, string reason)
    {
        if (!holds)
        {
            throw new RefusalException(new UpgradeRefusal(code, reason, "settle this, then try again; nothing was changed"));
        }
    }

    private long Count(string table) => _connection.Number($"SELECT count(*) FROM {SqlTokens.Quote(table)}");

    // A key that SQLite cannot even check is one orphan of its own.
    private List<string> Orphans(Table table, Func<string, string> renamed)
    {
        if (!table.ForeignKeys.Any())
        {
            return [];
        }

        try
        {
            return _connection.Rows($"PRAGMA foreign_key_check({SqlTokens.Quote(table.Name)})")
                .ConvertAll(r => SqlTokens.Fold($"{renamed(table.Name)} row {r[1]} of {renamed((string)r[2]!)}"));
        }
        catch (SqliteException e)
        {
            return [SqlTokens.Fold($"{renamed(table.Name)}: a key that cannot be checked ({e.SqliteErrorCode})")];
        }
    }
}
