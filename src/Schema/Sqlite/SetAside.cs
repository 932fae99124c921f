using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// One broken view anywhere makes every rename fail. What is broken already is the user's, so it is taken out of the way and put back as it was.
/// </summary>
internal sealed record SetAside(IReadOnlyList<string> Drops, IReadOnlyList<string> Creates, IReadOnlyList<string> CreatesMoved)
{
    public static SetAside Of(SchemaFacts facts, Func<string, string> renamed)
    {
        var views = facts.Found.Views.Where(v => facts.Broken.Contains(v.Name)).ToList();
        var triggers = facts.Found.Triggers
            .Where(t => facts.Broken.Contains(t.Name) || views.Exists(v => SqliteNames.Comparer.Equals(v.Name, t.Table))).ToList();
        string[] drops =
        [
            .. triggers.Select(t => $"DROP TRIGGER {SqlTokens.Quote(t.Name)}"),
            .. views.Select(v => $"DROP VIEW {SqlTokens.Quote(v.Name)}"),
        ];
        return new SetAside(
            drops,
            [.. views.Select(v => v.Sql), .. triggers.Select(t => t.Sql)],
            [.. views.Select(v => v.Sql), .. triggers.Select(t => Moved(t, renamed).Sql)]);
    }

    /// <summary>The trigger on the new name of its table; its body stays as broken as it was.</summary>
    public static Trigger Moved(Trigger trigger, Func<string, string> renamed)
    {
        var table = renamed(trigger.Table);
        if (table == trigger.Table)
        {
            return trigger;
        }

        var tokens = SqlTokens.Of(trigger.Sql);
        var on = tokens[tokens.FindIndex(t => t.Is("on")) + 1];
        var sql = $"{trigger.Sql[..on.Start]}{SqlTokens.Quote(table)}{trigger.Sql[on.End..]}";
        return ObjectParser.Trigger(trigger.Name, table, sql);
    }
}
