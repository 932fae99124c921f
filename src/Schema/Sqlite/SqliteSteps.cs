using System.Globalization;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Sqlite;

/// <summary>The SQL of every step but the rebuild.</summary>
internal static class SqliteSteps
{
    public static PlannedStep Render(SchemaStep step, SchemaFacts facts)
    {
        if (step is SetNotNull { IsFilledAhead: true } ahead && facts.Filled(ahead.Table, ahead.Column.Name) is { } filled)
        {
            var alter = $"ALTER TABLE {Q(ahead.Table)} ALTER COLUMN {Q(ahead.Column.Name)}";
            return new PlannedStep(
                step, StepSummary.Of(step), [.. filled.Before, $"{alter} SET NOT NULL", .. filled.After], [$"{alter} DROP NOT NULL"], [], 0);
        }

        var rows = step is AddColumn { Fill: not null } or SetNotNull or DropTable or DropColumn or AddCheck or CreateObject { Wanted: TableIndex }
            ? facts.Rows(TableOf(step))
            : 0;
        var (sql, undo) = Statements(step);
        return new PlannedStep(step, StepSummary.Of(step), sql, undo, [.. Checks(step, facts)], rows);
    }

    /// <summary>A table cannot get its own name in another case at once.</summary>
    public static IReadOnlyList<string> Rename(SchemaStep step) => step switch
    {
        RenameTable s when SqliteNames.Comparer.Equals(s.From, s.To) =>
        [
            $"ALTER TABLE {Q(s.From)} RENAME TO {Q($"{s.From}_renamed")}",
            $"ALTER TABLE {Q($"{s.From}_renamed")} RENAME TO {Q(s.To)}",
        ],
        RenameTable s => [$"ALTER TABLE {Q(s.From)} RENAME TO {Q(s.To)}"],
        RenameColumn s => [$"ALTER TABLE {Q(s.Table)} RENAME COLUMN {Q(s.From)} TO {Q(s.To)}"],
        _ => throw new InvalidOperationException($"{step} is no rename."),
    };

    private static (IReadOnlyList<string> Sql, IReadOnlyList<string> Undo) Statements(SchemaStep step) => step switch
    {
        CreateTable s => ([s.Wanted.Sql], [$"DROP TABLE {Q(s.Wanted.Name)}"]),
        DropTable s => ([$"DROP TABLE {Q(s.Found.Name)}"], [s.Found.Sql, .. s.Objects.Select(o => o.Sql)]),
        AddColumn s => (
            [$"ALTER TABLE {Q(s.Table)} ADD COLUMN {s.Column.Definition}",
             .. s.Fill is null ? Array.Empty<string>() : [$"UPDATE {Q(s.Table)} SET {Q(s.Column.Name)} = ({s.Fill})"]],
            [$"ALTER TABLE {Q(s.Table)} DROP COLUMN {Q(s.Column.Name)}"]),
        DropColumn s => (
            [$"ALTER TABLE {Q(s.Table)} DROP COLUMN {Q(s.Column.Name)}"],
            [$"ALTER TABLE {Q(s.Table)} ADD COLUMN {s.Column.Definition}"]),
        SetNotNull s => (
            [.. (s.Fill ?? s.Column.Default) is { } fill
                ? [$"UPDATE {Q(s.Table)} SET {Q(s.Column.Name)} = ({fill}) WHERE {Q(s.Column.Name)} IS NULL"] : Array.Empty<string>(),
             $"ALTER TABLE {Q(s.Table)} ALTER COLUMN {Q(s.Column.Name)} SET NOT NULL"],
            [$"ALTER TABLE {Q(s.Table)} ALTER COLUMN {Q(s.Column.Name)} DROP NOT NULL"]),
        DropNotNull s => (
            [$"ALTER TABLE {Q(s.Table)} ALTER COLUMN {Q(s.Column.Name)} DROP NOT NULL"],
            [$"ALTER TABLE {Q(s.Table)} ALTER COLUMN {Q(s.Column.Name)} SET NOT NULL"]),
        AddCheck s => ([Add(s.Table, s.Check)], [$"ALTER TABLE {Q(s.Table)} DROP CONSTRAINT {Q(NameOf(s.Check))}"]),
        DropCheck s => ([$"ALTER TABLE {Q(s.Table)} DROP CONSTRAINT {Q(NameOf(s.Check))}"], [Add(s.Table, s.Check)]),
        CreateObject s => ([s.Wanted.Sql], [$"DROP {s.Wanted.Kind} {Q(s.Wanted.Name)}"]),
        DropObject s => ([$"DROP {s.Found.Kind} {Q(s.Found.Name)}"], [s.Found.Sql, .. s.Objects.Select(o => o.Sql)]),
        _ => throw new InvalidOperationException($"{step} has no statements."),
    };

    private static string Add(string table, Check check) =>
        $"ALTER TABLE {Q(table)} ADD CONSTRAINT {Q(NameOf(check))} CHECK ({check.Expression})";

    // Without a name it could never be dropped in place. The number is that of its text: two checks get two names.
    private static string NameOf(Check check) => check.Name
        ?? $"check_{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(check.Shape)))[..8]}";

    private static IEnumerable<RowCheck> Checks(SchemaStep step, SchemaFacts facts)
    {
        switch (step)
        {
            case SetNotNull { Fill: null, Column.Default: null } s:
                yield return RowChecks.NotNull(facts.Found.Table(s.Table)!, s.Column);
                break;
            case AddCheck s:
                yield return RowChecks.Holds(facts.Found.Table(s.Table)!, s.Check);
                break;
            case CreateObject { Wanted: TableIndex { Unique: true } index } when facts.Found.Table(index.Table) is { IsVirtual: false }:
                var parts = index.Parts.Select(p => p.Expression + (p.Collation is { } c ? $" COLLATE {Q(c)}" : "")).ToList();
                yield return RowChecks.NoDuplicates(index.Table, parts, index.Where,
                    string.Create(CultureInfo.InvariantCulture, $"the unique index {index.Name}"));
                break;
            default:
                break;
        }
    }

    private static string TableOf(SchemaStep step) => step is CreateObject { Wanted: var item } ? item.Table : step.On;

    private static string Q(string name) => SqlTokens.Quote(name);
}
