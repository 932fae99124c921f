using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Applying;

/// <summary>What a look at an open database finds, with what an upgrade needs to know of it.</summary>
internal sealed record Assessment(
    UpgradeCheck Check, DatabaseSchema Found, DatabaseSchema Wanted, IReadOnlyList<MigrationRow> History, IReadOnlyDictionary<string, string> Broken)
{
    private static readonly DatabaseSchema Nothing = new([], [], [], [], SqliteNames.Comparer);

    public static Assessment Of(SqliteConnection connection, WantedSchema wanted, UpgradeOptions options)
    {
        if (MigrationHistory.Read(connection) is not { } history)
        {
            return Refuse("history", "the table migration_history is not ours: its columns differ", "rename that table, then try again");
        }

        if (Refusal(history, wanted, options) is { } refusal)
        {
            return Refuse(refusal.Code, refusal.Reason, refusal.NextStep);
        }

        DatabaseSchema target;
        try
        {
            target = SqliteIntrospection.Of(wanted.Statements);
        }
        catch (SchemaException e)
        {
            return Refuse("wanted", e.Message, "correct the wanted schema");
        }

        return Compare(connection, wanted, target, history);
    }

    /// <summary>What earlier migrations left behind.</summary>
    public static SchemaMemory Memory(IReadOnlyList<MigrationRow> history)
    {
        var held = history.Where(r => r.Status is "applied" or "baseline").ToList();
        return new SchemaMemory([.. held.SelectMany(r => r.Renames)], held.LastOrDefault(r => r.Status == "applied") is { } last ? Parsed(last.Wanted) : null);
    }

    public static SchemaFacts Facts(SqliteConnection connection, DatabaseSchema found, IReadOnlyDictionary<string, string> broken)
    {
        var rows = new Dictionary<string, long>(SqliteNames.Comparer);
        return new SchemaFacts(found, name => rows.TryGetValue(name, out var known) ? known : rows[name] = Count(connection, found, name), [.. broken.Keys]);
    }

    /// <summary>What is to be done, the tables that are made anew among it.</summary>
    public static SchemaPlan Plan(SchemaFacts facts, DatabaseSchema target, WantedSchema wanted, SchemaMemory memory)
    {
        if (wanted.Derived is not { } derived)
        {
            return SchemaPlan.Between(facts, target, wanted.Hints, memory, SqliteDialect.Instance);
        }

        var (left, aside) = derived.SetAside(facts.Found, target, facts.Rows);
        var plan = SchemaPlan.Between(facts with { Found = left }, target, wanted.Hints, memory, SqliteDialect.Instance);
        return plan with { Steps = [.. aside, .. derived.Refilled(plan.Steps, facts.Found), .. DerivedTables.PutBack(aside, target, facts)] };
    }

    private static Assessment Compare(SqliteConnection connection, WantedSchema wanted, DatabaseSchema target, List<MigrationRow> history)
    {
        DatabaseSchema found;
        try
        {
            found = SqliteIntrospection.Read(connection);
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException)
        {
            return Refuse("wanted", $"the schema of the database is not understood: {e.Message}", "report it with the statement");
        }

        target = ForeignKeyResolution.Resolve(target, found);
        var broken = SqliteSoundness.Broken(connection, found);
        var plan = Plan(Facts(connection, found, broken), target, wanted, Memory(history));
        UpgradeCheck check = plan.IsEmpty ? new UpToDate(false)
            : plan.Refusals.Count > 0
                ? new UpgradeRefusal(plan.Refusals.Any(r => r.Contains("NOT NULL", StringComparison.Ordinal)) ? "rows" : "conflict",
                    string.Join("; ", plan.Refusals), "settle this, then try again; nothing was changed")
                : Rows(connection, plan) ?? (UpgradeCheck)new UpgradeNeeded(plan, Drift(found, history));
        return new Assessment(check, found, target, history, broken);
    }

    // Before anything is locked, what the rows say is asked as far as it can be: a later step's columns may not be there yet.
    private static UpgradeRefusal? Rows(SqliteConnection connection, SchemaPlan plan)
    {
        foreach (var check in plan.Steps.SelectMany(s => s.Checks))
        {
            if (RowQuestions.Ask(connection, check) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static List<string> Drift(DatabaseSchema found, IReadOnlyList<MigrationRow> history)
    {
        if (history.LastOrDefault(r => r.Status == "applied") is not { } last || Parsed(last.Wanted) is not { } previous)
        {
            return [];
        }

        var diff = SchemaDiff.Between(found, previous, SchemaHints.None, previous);
        return
        [
            .. diff.Missing.Select(t => $"table {t.Name} is gone since migration {last.Version}"),
            .. diff.Changed.Select(t => $"table {t.Found.Name} was changed since migration {last.Version}: {string.Join("; ", t.Changes.Select(c => c.What))}"),
            .. diff.Created.Select(o => $"{o.Kind.ToLowerInvariant()} {o.Name} was changed or dropped since migration {last.Version}"),
        ];
    }

    private static UpgradeRefusal? Refusal(List<MigrationRow> history, WantedSchema wanted, UpgradeOptions options)
    {
        if (history.Find(r => WantedSchema.Hash(System.Text.Json.JsonSerializer.Serialize(r.Wanted)) != r.Checksum) is { } changed)
        {
            return new UpgradeRefusal("history", $"row {changed.Version} of migration_history was changed: its checksum does not fit", "restore a backup, or correct that row");
        }

        if (history.Find(r => r.Status is not ("applied" or "failed" or "rolled back" or "baseline")) is { } odd)
        {
            return new UpgradeRefusal("history", $"migration {odd.Version} is '{odd.Status}': another tool left it half done", "restore a backup, or correct that row");
        }

        var held = history.Where(r => r.Status is "applied").ToList();
        if (held.Find(r => r.CodeVersion > wanted.Version) is { } newer)
        {
            return Newer($"schema version {newer.CodeVersion}, this program knows {wanted.Version}", newer);
        }

        var older = options.RefuseOlder && wanted.Version is null && held.Count > 0 && held[^1].Checksum != wanted.Checksum
            && held.Exists(r => r.Checksum == wanted.Checksum);
        return older ? Newer($"a schema that came after this program's (migration {held[^1].Version})", held[^1]) : null;
    }

    private static UpgradeRefusal Newer(string what, MigrationRow by) => new(
        "newer", $"the database has {what}: it was upgraded by {by.Program} on {by.StartedAt}",
        "start the newer program" + (by.Backup is null ? "" : $", or restore the backup {by.Backup}"));

    private static DatabaseSchema? Parsed(IReadOnlyList<string> statements)
    {
        try
        {
            return SqliteIntrospection.Of(statements);
        }
        catch (SchemaException)
        {
            return null;
        }
    }

    private static long Count(SqliteConnection connection, DatabaseSchema found, string table) =>
        found.Table(table) is { } there ? connection.Number($"SELECT count(*) FROM {SqlTokens.Quote(there.Name)}") : 0;

    private static Assessment Refuse(string code, string reason, string next) =>
        new(new UpgradeRefusal(code, reason, next), Nothing, Nothing, [], new Dictionary<string, string>());
}
