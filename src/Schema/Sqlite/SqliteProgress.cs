using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// How far one long statement is. SQLite does not say, but it counts its instructions, and a statement that copies or fills a table runs through
/// the same ones for every row: how many is read from its program. An estimate, a little low, that never goes back.
/// </summary>
internal sealed class SqliteProgress : IDisposable
{
    private const int Every = 500_000;   // a few milliseconds
    private const long Worthwhile = 50_000;

    private readonly SqliteConnection _connection;
    private readonly delegate_progress _count;
    private long _counted;
    private int _percent;

    private SqliteProgress(SqliteConnection connection, long instructions, Action<int> report)
    {
        _connection = connection;
        _count = _ =>
        {
            _counted += Every;
            var percent = (int)Math.Min(99, 100 * _counted / instructions);
            if (percent > _percent)
            {
                report(_percent = percent);
            }

            return 0;
        };
        raw.sqlite3_progress_handler(connection.Handle, Every, _count, null);
    }

    /// <summary>Reports until it is disposed of; null for a statement that is over at once, or that does not go through rows.</summary>
    public static SqliteProgress? Of(SqliteConnection connection, string sql, long rows, Action<int> report) =>
        rows >= Worthwhile && (sql.StartsWith("INSERT INTO", StringComparison.Ordinal) || sql.StartsWith("UPDATE", StringComparison.Ordinal))
        && PerRow(connection, sql) is > 0 and var perRow
            ? new SqliteProgress(connection, rows * perRow, report)
            : null;

    /// <inheritdoc/>
    public void Dispose() => raw.sqlite3_progress_handler(_connection.Handle, 0, null, null);

    // The bodies of the loops: one that reads, and for INSERT ... SELECT one that writes.
    private static long PerRow(SqliteConnection connection, string sql)
    {
        var program = connection.Rows($"EXPLAIN {sql}")
            .ConvertAll(r => (At: Number(r[0]), Name: (string)r[1]!, To: Number(r[3])));
        long Longest(string jump) => program
            .Where(i => i.Name == jump && i.To > 1 && i.To < i.At).Select(i => i.At - i.To + 1).DefaultIfEmpty(0).Max();
        return Longest("Next") + Longest("Goto");
    }

    private static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
