namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// One writer. A frozen process that wakes up after another took over still has its connections open; the epoch stops it. Temporary triggers
/// compare the epoch within each write transaction, whoever's SQL it is, and leave no trace in the file.
/// </summary>
public static class Fencing
{
    private const string Mark = "fenced: a newer process has taken over this database";

    internal const string WriterTable =
        """
        CREATE TABLE writer (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, holder TEXT NOT NULL, taken_at INTEGER NOT NULL)
        """;

    // Every transaction of ours writes at least one of these.
    private static readonly (string Table, string Change)[] Guarded =
        [("journal", "INSERT"), ("snapshot", "INSERT"), ("tags", "INSERT"), ("projection", "UPDATE")];

    /// <summary>Whether <paramref name="e"/> says that this process is no longer the writer: it must end.</summary>
    public static bool IsFenced(Exception? e) =>
        e is not null
        && (e.Message.Contains(Mark, StringComparison.Ordinal)
            || IsFenced(e.InnerException)
            || (e is AggregateException many && many.InnerExceptions.Any(IsFenced)));

    internal static string Triggers(long epoch) => string.Concat(Guarded.Select(g =>
        $"CREATE TEMP TRIGGER IF NOT EXISTS fence_{g.Table} BEFORE {g.Change} ON main.{g.Table} "
        + $"WHEN (SELECT epoch FROM main.writer) <> {epoch} BEGIN SELECT RAISE(ABORT, '{Mark}'); END;"));
}
