using Microsoft.Data.Sqlite;

namespace Orchestrator.Actors.Tests;

/// <summary>A database as a process left it that died after its n-th write.</summary>
internal static class CutJournal
{
    // What other actors write about a start is not a part of the story.
    private const string Story = "(persistence_id LIKE 'task-%' OR persistence_id = 'rules')";

    /// <summary>Copies a database of a process that ended in order; the copy holds the first <paramref name="rows"/> events, and no index.</summary>
    public static void Copy(string from, string to, int rows)
    {
        File.Copy(from, to, overwrite: true);
        Execute(
            to,
            $"""
             DELETE FROM journal WHERE {Story} AND ordering NOT IN (SELECT ordering FROM journal WHERE {Story} ORDER BY ordering LIMIT {rows});
             DELETE FROM projection;
             """);
    }

    /// <summary>How many events there are.</summary>
    public static long Rows(string database) => Execute(database, $"SELECT count(*) FROM journal WHERE {Story}");

    private static long Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}
