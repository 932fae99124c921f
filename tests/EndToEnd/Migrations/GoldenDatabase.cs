using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Migrations;

/// <summary>A database that the first backend of this repository wrote, and what must be in it for ever.</summary>
internal static class GoldenDatabase
{
    public static readonly string[] Titles = ["Buy a cake", "Ship the first version", "Test it", "Write the code"];

    /// <summary>Puts it in the place of the workspace's database.</summary>
    public static void Place(Workspace workspace)
    {
        Directory.CreateDirectory(workspace.Data);
        File.Copy(Path.Join(TestedProgram.Root, "tests/Golden/13ad935.db"), workspace.Database);
    }

    /// <summary>
    /// What must not be lost, as text: the schema and the rows of everything but the derived tables and the database's own history. It is read from a
    /// copy, as a next start would find it: nothing is repaired under the eyes of a test.
    /// </summary>
    public static string Content(string database)
    {
        var folder = Directory.CreateTempSubdirectory("oe-copy-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(Path.GetDirectoryName(database)!, "orchestrator.db*"))
            {
                File.Copy(file, Path.Join(folder, Path.GetFileName(file)));
            }

            using var connection = new SqliteConnection($"Data Source={Path.Join(folder, "orchestrator.db")};Pooling=False");
            connection.Open();
            Assert.Equal("ok", Rows(connection, "PRAGMA integrity_check").Single());
            string[] lines =
            [
                .. Rows(connection, "SELECT name, sql FROM sqlite_schema WHERE tbl_name IN ('journal', 'tags', 'snapshot', 'writer') ORDER BY name"),
                .. Rows(
                    connection,
                    "SELECT ordering, persistence_id, sequence_number, manifest, hex(message) FROM journal WHERE ordering <= 13 ORDER BY ordering"),
                .. Rows(connection, "SELECT * FROM snapshot"), .. Rows(connection, "SELECT * FROM tags"),
            ];
            return string.Join('\n', lines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The rows of a query, columns joined by bars.</summary>
    public static List<string> Ask(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        return Rows(connection, sql);
    }

    private static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i).ToString())));
        }

        return rows;
    }
}
