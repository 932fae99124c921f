using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Sqlite;

/// <summary>What SQLite can do, and how it is told. It is the SQLite that comes with the program: 3.53 alters NOT NULL and CHECK in place.</summary>
public sealed class SqliteDialect : ISchemaDialect
{
    /// <summary>The only one: it keeps nothing.</summary>
    public static SqliteDialect Instance { get; } = new();

    /// <inheritdoc/>
    public bool CanAlter(TableDifference table, TableChange change, SchemaFacts facts, SchemaHints hints) => change switch
    {
        ColumnAdded { Column: var c } => CanAdd(c) && (c is { NotNull: false } or { Default: not null, NotNull: true })
            && !Declared(hints.Convert, table, c)
            && (!Declared(hints.Backfill, table, c) || !c.NotNull),
        ColumnRemoved { Column: var c } => CanDrop(table, c, facts),
        NotNullSet { Column: var c } => c.Conflict is null && !Declared(hints.Convert, table, c),
        NotNullDropped => true,
        CheckAdded { Check: var check } => !table.Wanted.Columns.Any(c => check.Columns.Contains(c.Name) && Declared(hints.Convert, table, c)),
        CheckRemoved { Check: var check } => check.Name is not null,
        _ => false,
    };

    /// <inheritdoc/>
    public bool SeparatesForeignKeys => false;

    /// <inheritdoc/>
    public IReadOnlyList<SchemaStep> InTheWay(SchemaDiff diff, SchemaFacts facts) => [];

    /// <inheritdoc/>
    public DatabaseSchema AfterRenames(DatabaseSchema found, IReadOnlyList<SchemaStep> renames)
    {
        using var scratch = SqliteIntrospection.Scratch();
        scratch.Execute("PRAGMA foreign_keys = OFF");
        foreach (var statement in found.Statements())
        {
            Try(scratch, statement);   // a table of a module that is not here cannot be renamed either
        }

        foreach (var item in SqliteSoundness.Broken(scratch, found).Keys)
        {
            Try(scratch, $"DROP VIEW IF EXISTS {SqlTokens.Quote(item)}");
            Try(scratch, $"DROP TRIGGER IF EXISTS {SqlTokens.Quote(item)}");
        }

        foreach (var sql in renames.SelectMany(SqliteSteps.Rename))
        {
            scratch.Execute(sql);
        }

        var after = SqliteIntrospection.Read(scratch);
        var names = RenameOrder.Tables(renames, found.Names);
        return after with
        {
            Tables = [.. after.Tables, .. found.Tables.Where(t => after.Table(names(t.Name)) is null)],
            Views = [.. after.Views, .. found.Views.Where(v => after.View(v.Name) is null)],
            Triggers = [.. after.Triggers, .. found.Triggers.Where(t => after.Trigger(t.Name) is null).Select(t => SetAside.Moved(t, names))],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PlannedStep> Renames(IReadOnlyList<SchemaStep> renames, SchemaFacts facts)
    {
        if (renames.Count == 0)
        {
            return [];
        }

        var steps = renames.Select(r => new PlannedStep(r, StepSummary.Of(r), SqliteSteps.Rename(r), SqliteSteps.Rename(Reverse(r)), [], 0)).ToList();
        var aside = SetAside.Of(facts, RenameOrder.Tables(renames, facts.Found.Names));
        steps[0] = steps[0] with { Sql = [.. aside.Drops, .. steps[0].Sql], Undo = [.. steps[0].Undo, .. aside.Creates] };
        steps[^1] = steps[^1] with { Sql = [.. steps[^1].Sql, .. aside.CreatesMoved], Undo = [.. aside.Drops, .. steps[^1].Undo] };
        return steps;
    }

    /// <inheritdoc/>
    public PlannedStep Render(SchemaStep step, SchemaFacts facts, SchemaHints hints) => step is RebuildTable rebuild
        ? SqliteRebuild.Render(rebuild, facts)
        : SqliteSteps.Render(step, facts);

    internal static bool CanAdd(Column column) =>
        column.Generated is not { Stored: true } && !column.IsRowId && (column.Default is null || IsConstant(column.Default));

    private static SchemaStep Reverse(SchemaStep step) => step switch
    {
        RenameTable r => new RenameTable(r.To, r.From),
        RenameColumn r => new RenameColumn(r.Table, r.To, r.From),
        _ => throw new InvalidOperationException($"{step} is no rename."),
    };

    private static bool IsConstant(string value) =>
        SqlTokens.Of(value)
            is [{ Kind: TokenKind.Number or TokenKind.Text or TokenKind.Blob }] or [{ Kind: TokenKind.Sign }, { Kind: TokenKind.Number }];

    // What else speaks of the column would fail or break; the table is written anew then, and what breaks is found and refused.
    private static bool CanDrop(TableDifference table, Column column, SchemaFacts facts)
    {
        bool Speaks(string sql) => TableDraft.Mentioned(sql, [column]).Count > 0;
        return CanAdd(column) && column is { NotNull: false } or { Default: not null, NotNull: true }
            && !table.Found.Constraints.Any(c => c.Columns.Contains(column.Name, SqliteNames.Comparer))
            && !table.Found.Columns.Any(c => c.Generated is { } g && Speaks(g.Expression))
            && !facts.Found.IndexesOf(table.Found.Name).Any(i => i.Columns.Contains(column.Name, SqliteNames.Comparer))
            && !facts.Found.Views.Any(v => Speaks(v.Sql)) && !facts.Found.Triggers.Any(t => Speaks(t.Sql));
    }

    private static bool Declared(IReadOnlyList<ColumnExpression> declared, TableDifference table, Column column) =>
        declared.Any(d => SqliteNames.Comparer.Equals(d.Table, table.Wanted.Name) && SqliteNames.Comparer.Equals(d.Column, column.Name));

    private static void Try(SqliteConnection connection, string sql)
    {
        try
        {
            connection.Execute(sql);
        }
        catch (SqliteException)
        {
            // what does not work there does not work here
        }
    }
}
