using System.Diagnostics;
using Npgsql;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// One migrator among processes: an advisory lock of a connection of its own, which the server frees when its holder dies. It is asked for, never
/// waited for within the server: that deadlocks with CREATE INDEX CONCURRENTLY.
/// </summary>
internal static class PostgresLock
{
    private const string Keys = "hashtext('orchestrator schema'), hashtext(current_schema())";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>What innocent readers behind us wait at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>The same where writers have been promised that they wait for a moment only.</summary>
    public static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(30);


    public static void Take(NpgsqlConnection connection, UpgradeOptions options)
    {
        var waited = Stopwatch.StartNew();
        while (connection.Scalar($"SELECT pg_try_advisory_lock({Keys})") is not true)
        {
            var holder = Holder(connection);
            if (waited.Elapsed >= options.LockWait)
            {
                throw Locked($"{holder} has been migrating for {waited.Elapsed.TotalSeconds:0} seconds");
            }

            options.Progress?.Invoke(new UpgradeProgress("waiting", 0, 0, $"waiting for {holder}"));
            Thread.Sleep(Pause);
        }
    }

    /// <summary>Takes tables for itself. It lets go and tries again rather than stand in the way of those that come after it.</summary>
    public static void Tables(NpgsqlConnection connection, IReadOnlyList<string> tables, UpgradeOptions options, TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        var list = PostgresNames.List(tables);
        while (tables.Count > 0)
        {
            connection.Execute("SAVEPOINT tables");
            try
            {
                connection.Execute($"SET LOCAL lock_timeout = {patience.TotalMilliseconds:0}; LOCK TABLE {list} IN ACCESS EXCLUSIVE MODE");
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                connection.Execute("ROLLBACK TO SAVEPOINT tables");
                var holder = Users(connection, tables);
                if (waited.Elapsed >= options.LockWait)
                {
                    throw Locked($"{holder} has been using {string.Join(", ", tables)} for {waited.Elapsed.TotalSeconds:0} seconds");
                }

                options.Progress?.Invoke(new UpgradeProgress("waiting", 0, 0, $"waiting for {holder}"));
                Thread.Sleep(Pause);
            }
        }
    }

    private static RefusalException Locked(string reason) => new(new UpgradeRefusal("locked", reason, "end that process, then try again"));

    private static string Holder(NpgsqlConnection connection) => Name(connection.Rows(
        """
        SELECT a.application_name, a.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid = (hashtext('orchestrator schema')::bigint & 4294967295)::oid
            AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid AND l.database = (SELECT oid FROM pg_database
                WHERE datname = current_database())
        """));

    private static string Users(NpgsqlConnection connection, IReadOnlyList<string> tables) => Name(connection.Rows(
        $"""
        SELECT a.application_name, a.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.granted AND a.pid <> pg_backend_pid() AND l.relation IN ({string.Join(", ",
            tables.Select(t => $"to_regclass({PostgresNames.Literal(PostgresNames.Quote(t))})"))})
        """));

    private static string Name(List<object?[]> rows) => rows.Count == 0 ? "another process"
        : $"{(rows[0][0] is string { Length: > 0 } name ? name : "a client")} (server process {rows[0][1]})";
}
