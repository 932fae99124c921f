using System.Security.Cryptography;
using System.Text;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>The way from the schema that is found to the one that is wanted.</summary>
/// <param name="Steps">What is done, in order.</param>
/// <param name="Renamed">Declared renames that are done, to be remembered.</param>
/// <param name="Refusals">Why it cannot be done; the plan is not carried out while there is one.</param>
/// <param name="Notes">What is left alone, and what looks like a rename that nobody declared.</param>
public sealed record SchemaPlan(
    IReadOnlyList<PlannedStep> Steps, IReadOnlyList<Rename> Renamed, IReadOnlyList<string> Refusals, IReadOnlyList<string> Notes)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Steps.Count == 0 && Refusals.Count == 0;

    /// <summary>Whether something is lost that only a backup brings back.</summary>
    public bool IsDestructive => Steps.Any(s => s.Step.IsDestructive);

    /// <summary>Whether all was done ahead but to forbid NULL: no stored value changes.</summary>
    internal bool IsFilledAhead => Steps.Count > 0 && Steps.All(s => s.Step is SetNotNull { IsFilledAhead: true });

    /// <summary>How long it is likely to take, and the room it needs at its fullest, besides the backup.</summary>
    public StepCost Cost => new(TimeSpan.FromTicks(Steps.Sum(s => s.Cost.Duration.Ticks)), Steps.Sum(s => s.Cost.Bytes));

    /// <summary>The statements that take all of it back, in order.</summary>
    public IReadOnlyList<string> Undo => [.. Steps.Reverse().SelectMany(s => s.Undo)];

    /// <summary>The tables whose rows may change or go, by their names before: what a backup must hold.</summary>
    public IReadOnlyList<string> Touched
    {
        get
        {
            var renames = Steps.Select(s => s.Step).Where(s => s is RenameTable).ToList();
            return [.. Steps.Where(s => s.Step.TouchesRows).Select(s => Before(s.Step.On, renames, StringComparer.Ordinal)).Distinct()];
        }
    }

    /// <summary>A name for exactly these statements.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(";\n", Steps.SelectMany(s => s.Sql)))));

    /// <summary>Plans; changes nothing.</summary>
    /// <param name="facts">What there is.</param>
    /// <param name="wanted">What there shall be.</param>
    /// <param name="hints">What was declared.</param>
    /// <param name="memory">What was done before.</param>
    /// <param name="dialect">Which database.</param>
    public static SchemaPlan Between(SchemaFacts facts, DatabaseSchema wanted, SchemaHints hints, SchemaMemory memory, ISchemaDialect dialect)
    {
        var (renames, notes) = RenameOrder.Between(facts.Found, wanted, hints, memory.Renamed);
        var found = renames.Count == 0 ? facts.Found : dialect.AfterRenames(facts.Found, renames);
        var after = facts with
        {
            Found = found,
            Rows = name => facts.Rows(Before(name, renames, found.Names)),
            Bytes = name => facts.Bytes(Before(name, renames, found.Names)),
        };
        var diff = SchemaDiff.Between(found, wanted, hints, memory.Previous);
        var steps = new List<PlannedStep>(dialect.Renames(renames, facts));
        var order = new StepOrder(diff, after, hints, dialect);
        steps.AddRange(order.Steps().Select(step => Costed(dialect.Render(step, after, hints), after)));
        return new SchemaPlan(
            steps,
            renames.Count == 0 ? [] : hints.Renames,
            [.. diff.Conflicts, .. order.Refusals],
            [.. notes, .. Suggestions(diff, found), .. diff.Kept.Select(k => $"{k} is not in the wanted schema and is kept")]);
    }

    private static PlannedStep Costed(PlannedStep step, SchemaFacts facts) => step.Rows == 0
        ? step
        : step with
        {
            Cost = StepCost.Of(step.Step, step.Rows,
            facts.Bytes(step.Step is CreateObject { Wanted: var item } ? item.Table : step.Step.On))
        };

    private static string Before(string name, IReadOnlyList<SchemaStep> renames, IEqualityComparer<string> names)
    {
        foreach (var rename in renames.OfType<RenameTable>().Reverse())
        {
            name = names.Equals(rename.To, name) ? rename.From : name;
        }

        return name;
    }

    private static IEnumerable<string> Suggestions(SchemaDiff diff, DatabaseSchema found) => Tables(diff, found).Concat(Columns(diff));

    // A table that is missing and one that nobody wants, with the same columns.
    private static IEnumerable<string> Tables(SchemaDiff diff, DatabaseSchema found) =>
        from missing in diff.Missing
        from kept in found.Tables
        where diff.Kept.Contains($"table {kept.Name}") && kept.Columns.Count > 0 && kept.Columns.Count == missing.Columns.Count
            && kept.Columns.All(c => missing.Column(c.Name, found.Names) is { } there && there.Type == c.Type)
        select $"if table {kept.Name} is now called {missing.Name}, declare the rename; without it the new table begins empty";

    private static IEnumerable<string> Columns(SchemaDiff diff) =>
        from table in diff.Changed
        from added in table.Changes.OfType<ColumnAdded>()
        from kept in table.KeptColumns
        where kept.Type == added.Column.Type && kept.Generated == added.Column.Generated
        select $"if {table.Found.Name}.{kept.Name} is now called {added.Column.Name}, declare the rename; without it the new column begins empty";
}

/// <summary>What earlier migrations leave behind for the next plan.</summary>
/// <param name="Renamed">Renames that were done.</param>
/// <param name="Previous">What was wanted the last time, or null.</param>
public sealed record SchemaMemory(IReadOnlyCollection<Rename> Renamed, DatabaseSchema? Previous)
{
    /// <summary>Nothing was done before.</summary>
    public static SchemaMemory None { get; } = new([], null);
}
