using System.Data.Common;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>Asks the rows whether a step may be taken.</summary>
internal static class RowQuestions
{
    /// <summary>The refusal that names the rows in the way, or null.</summary>
    /// <param name="session">Where.</param>
    /// <param name="check">The question.</param>
    /// <param name="isLast">Whether the step is about to be taken: all that it speaks of must be there.</param>
    public static UpgradeRefusal? Ask(DatabaseSession session, RowCheck check, bool isLast = false)
    {
        List<object?[]> rows;
        try
        {
            rows = session.Try(() => session.Connection.Rows(check.Sql));
        }
        catch (DbException e) when (session.IsMissing(e))
        {
            // It speaks of what is not there yet; the step itself will ask.
            return isLast && check.IsRequired
                ? new UpgradeRefusal("conflict",
                $"{check.Reason} nobody can say: {e.Message}", "declare what shall become of the values; nothing was changed") : null;
        }

        return rows.Count == 0 ? null : new UpgradeRefusal(
            "rows", $"{check.Reason} {string.Join("; ", rows.Take(5).Select(r => r[0]))}{(rows.Count > 5 ? "; and more" : "")}",
            "change these rows or declare what shall become of them; nothing was changed");
    }
}
