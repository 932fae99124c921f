using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>What a look at an open database finds, with what an upgrade needs to know of it.</summary>
internal sealed record Assessment(
    UpgradeCheck Check, DatabaseSchema Found, DatabaseSchema Wanted, IReadOnlyList<MigrationRow> History, IReadOnlyDictionary<string, string> Broken)
{
    private static readonly DatabaseSchema Nothing = new([], [], [], [], StringComparer.Ordinal);

    public static Assessment Of(DatabaseSession session, WantedSchema wanted)
    {
        if (MigrationHistory.Read(session) is not { } history)
        {
            return Refuse("history", "the table migration_history is not ours: its columns differ", "rename that table, then try again");
        }

        if (Refusal(history, wanted, session.Options) is { } refusal)
        {
            return Refuse(refusal.Code, refusal.Reason, refusal.NextStep);
        }

        DatabaseSchema target;
        try
        {
            target = session.Of(wanted.Statements);
        }
        catch (SchemaException e)
        {
            return Refuse("wanted", e.Message, "correct the wanted schema");
        }

        return Compare(session, wanted, target, history);
    }

    /// <summary>What earlier migrations left behind.</summary>
    public static SchemaMemory Memory(DatabaseSession session, IReadOnlyList<MigrationRow> history)
    {
        var held = history.Where(r => r.Status is "applied" or "baseline").ToList();
        return new SchemaMemory([.. held.SelectMany(r => r.Renames)], held.LastOrDefault(r => r.Status == "applied") is { } last
            ? Parsed(session, last.Wanted) : null);
    }

    public static SchemaFacts Facts(DatabaseSession session, DatabaseSchema found, IReadOnlyDictionary<string, string> broken)
    {
        var rows = new Dictionary<string, long>(session.Names);
        return new SchemaFacts(found, name => rows.TryGetValue(name, out var known) ? known : rows[name] = Count(session, found, name),
            [.. broken.Keys])
        {
            Bytes = name => found.Table(name) is { } there ? session.Bytes(there.Name) : 0,
            Filled = session.FilledAhead,
        };
    }

    /// <summary>What is to be done, the tables that are made anew among it.</summary>
    public static SchemaPlan Plan(DatabaseSession session, SchemaFacts facts, DatabaseSchema target, WantedSchema wanted, SchemaMemory memory)
    {
        if (wanted.Derived is not { } derived)
        {
            return SchemaPlan.Between(facts, target, wanted.Hints, memory, session.Dialect);
        }

        var (left, aside) = derived.SetAside(facts, target, session.Dialect);
        var plan = SchemaPlan.Between(facts with { Found = left }, target, wanted.Hints, memory, session.Dialect);
        return plan with
        {
            Steps = [.. aside, .. derived.Refilled(plan.Steps, facts.Found),
            .. DerivedTables.PutBack(aside, target, facts, session.Dialect)]
        };
    }

    private static Assessment Compare(DatabaseSession session, WantedSchema wanted, DatabaseSchema target, IReadOnlyList<MigrationRow> history)
    {
        DatabaseSchema found;
        try
        {
            found = session.Read();
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException)
        {
            return Refuse("wanted", $"the schema of the database is not understood: {e.Message}", "report it with the statement");
        }

        target = session.Completed(target, found);
        var broken = session.Broken(found);
        var plan = Plan(session, Facts(session, found, broken), target, wanted, Memory(session, history));
        UpgradeCheck check = plan.IsEmpty ? new UpToDate(false)
            : plan.Refusals.Count > 0
                ? new UpgradeRefusal(plan.Refusals.Any(r => r.Contains("NOT NULL", StringComparison.Ordinal)) ? "rows" : "conflict",
                    string.Join("; ", plan.Refusals), "settle this, then try again; nothing was changed")
                : Rows(session, plan) ?? (UpgradeCheck)new UpgradeNeeded(plan, Drift(session, found, history));
        return new Assessment(check, found, target, history, broken);
    }

    // Before anything is locked, what the rows say is asked as far as it can be: a later step's columns may not be there yet.
    private static UpgradeRefusal? Rows(DatabaseSession session, SchemaPlan plan)
    {
        foreach (var check in plan.Steps.SelectMany(s => s.Checks))
        {
            if (RowQuestions.Ask(session, check) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static List<string> Drift(DatabaseSession session, DatabaseSchema found, IReadOnlyList<MigrationRow> history)
    {
        if (history.LastOrDefault(r => r.Status == "applied") is not { } last || Parsed(session, last.Wanted) is not { } previous)
        {
            return [];
        }

        var diff = SchemaDiff.Between(found, previous, SchemaHints.None, previous);
        return
        [
            .. diff.Missing.Select(t => $"table {t.Name} is gone since migration {last.Version}"),
            .. diff.Changed.Select(t =>
                $"table {t.Found.Name} was changed since migration {last.Version}: {string.Join("; ", t.Changes.Select(c => c.What))}"),
            .. diff.Created.Select(o => $"{o.Kind.ToLowerInvariant()} {o.Name} was changed or dropped since migration {last.Version}"),
        ];
    }

    private static UpgradeRefusal? Refusal(IReadOnlyList<MigrationRow> history, WantedSchema wanted, UpgradeOptions options)
    {
        if (history.FirstOrDefault(r => WantedSchema.ChecksumOf(r.Wanted) != r.Checksum) is { } changed)
        {
            return new UpgradeRefusal("history",
                $"row {changed.Version} of migration_history was changed: its checksum does not fit", "restore a backup, or correct that row");
        }

        if (history.FirstOrDefault(r => r.Status is not ("applied" or "failed" or "rolled back" or "baseline")) is { } odd)
        {
            return new UpgradeRefusal("history",
                $"migration {odd.Version} is '{odd.Status}': another tool left it half done", "restore a backup, or correct that row");
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

    private static DatabaseSchema? Parsed(DatabaseSession session, IReadOnlyList<string> statements)
    {
        try
        {
            return session.Of(statements);
        }
        catch (SchemaException)
        {
            return null;
        }
    }

    private static long Count(DatabaseSession session, DatabaseSchema found, string table) =>
        found.Table(table) is { } there ? session.Count(there.Name) : 0;

    private static Assessment Refuse(string code, string reason, string next) =>
        new(new UpgradeRefusal(code, reason, next), Nothing, Nothing, [], new Dictionary<string, string>());
}
