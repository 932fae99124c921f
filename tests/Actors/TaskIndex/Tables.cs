using Microsoft.Data.Sqlite;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>All rows of the read model as text, to compare them.</summary>
internal static class Tables
{
    private static readonly string[] Names = ["task_index", "task_dependency", "task_artifact", "task_claim", "task_attribute", "task_decision", "task_file", "session_index", "projection"];

    public static IReadOnlyList<string> Of(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Mode=ReadOnly");
        connection.Open();
        return [.. Names.SelectMany(name => Rows(connection, name))];
    }

    private static IEnumerable<string> Rows(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table} ORDER BY 1, 2";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var columns = Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetName(i)}={reader.GetValue(i)}");
            yield return $"{table}: {string.Join('|', columns)}";
        }
    }
}
