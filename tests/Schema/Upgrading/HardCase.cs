using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>One change of a schema that others get wrong.</summary>
/// <param name="Name">It as a sentence.</param>
/// <param name="Before">The database as it is: DDL and rows.</param>
/// <param name="Wanted">The schema that shall be.</param>
public sealed record HardCase(string Name, string Before, string Wanted)
{
    public string? Hints { get; init; }

    /// <summary>Queries with what they must answer afterwards.</summary>
    public (string Sql, string Answer)[] Then { get; init; } = [];

    /// <summary>A part of the reason when it must be refused.</summary>
    public string? Refused { get; init; }

    /// <summary>Whether there is nothing to do.</summary>
    public bool Nothing { get; init; }

    /// <summary>A part of the plan's steps.</summary>
    public string? Step { get; init; }

    /// <summary>What the undo cannot bring back: rows that changed or went.</summary>
    public bool UndoLosesRows { get; init; }

    /// <summary>A part of the reason why it cannot be taken back: the rows that the old schema demands are gone.</summary>
    public string? UndoRefused { get; init; }

    public override string ToString() => Name;

    public void Run(Func<Sandbox> make)
    {
        using var sandbox = make();
        sandbox.Run(Before);
        var old = sandbox.Content();
        var upgrade = sandbox.To(Wanted, Hints);
        if (Refused is not null)
        {
            var refusal = Assert.IsType<Refused>(upgrade.Apply()).Refusal;
            Assert.Contains(Refused, refusal.Reason, StringComparison.Ordinal);
            Assert.Equal(old, sandbox.Content());
            return;
        }

        if (Nothing)
        {
            Assert.IsType<UpToDate>(upgrade.Check());
            Assert.IsType<NothingToDo>(upgrade.Apply());
        }
        else
        {
            var done = upgrade.Apply();
            Assert.True(done is Upgraded, done.ToString());
            Assert.Contains(Step ?? "", string.Join("\n", ((Upgraded)done).Plan.Steps.Select(s => s.Summary)), StringComparison.Ordinal);
        }

        Assert.Equal(new UpToDate(true), upgrade.Check());
        AssertAnswers(sandbox);
        if (Nothing)
        {
            Assert.Equal(old, sandbox.Content());
            return;
        }

        AssertUndo(make, sandbox, old, upgrade);
    }

    private void AssertAnswers(Sandbox sandbox)
    {
        foreach (var (sql, answer) in Then)
        {
            Assert.Equal($"{sql} -> {answer}", $"{sql} -> {sandbox.Ask(sql)}");
        }
    }

    private void AssertUndo(Func<Sandbox> make, Sandbox sandbox, string old, DatabaseUpgrade upgrade)
    {
        var back = upgrade.Rollback();
        if (UndoRefused is not null)
        {
            Assert.Contains(UndoRefused, Assert.IsType<Refused>(back).Refusal.Reason, StringComparison.Ordinal);
            AssertAnswers(sandbox);
            return;
        }

        Assert.True(back is TakenBack, back.ToString());
        if (!UndoLosesRows)
        {
            using var again = make();
            again.Run(Before);
            Assert.Equal(Shape(again), Shape(sandbox));
            Assert.Equal(Rows(old), Rows(sandbox.Content()));
            var twice = upgrade.Apply();
            Assert.True(twice is Upgraded, twice.ToString());
            AssertAnswers(sandbox);
        }
    }

    // Rows of ordinary tables, whatever the order of columns became.
    private static string Rows(string content) => string.Join("\n", content.Split('\n').Where(l => l.Contains(": ", StringComparison.Ordinal) && !l.Contains("CREATE ", StringComparison.Ordinal))
        .Select(l => string.Join("|", l.Split(": ", 2)[1].Split('|').Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));

    private static string Shape(Sandbox sandbox)
    {
        var schema = sandbox.Schema();
        return string.Join("\n", schema.Tables.Select(Shape).Concat(schema.Indexes.Select(i => i.Name + i.Shape)).Concat(schema.Views.Select(v => v.Name + v.Shape))
            .Concat(schema.Triggers.Select(t => t.Name + t.Shape + t.IsEnabled)).Concat(schema.Auxiliaries.Select(a => a.Name + a.Shape)).Order(StringComparer.Ordinal));
    }

    private static string Shape(Table table) => $"{table.Name} {table.Strict} {table.WithoutRowId} {table.AutoIncrement} {table.Comment} " + string.Join(", ",
        table.Columns.Select(c => $"{c with { Definition = "" }}").Concat(table.Constraints.Select(c => c.Shape)).Order(StringComparer.Ordinal));
}
