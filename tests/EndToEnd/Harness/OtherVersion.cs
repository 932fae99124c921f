using Microsoft.Data.Sqlite;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>Versions of the product that are really other builds, as <c>tests/versions.sh</c> makes them.</summary>
internal static class OtherVersion
{
    /// <summary>Where 0.2.0 is, which has the same schema; skips the test when it is not built.</summary>
    public static string Same => Folder("same");

    /// <summary>Where 0.3.0 is, which has one more column; skips the test when it is not built.</summary>
    public static string Next => Folder("next");

    /// <summary>Whether the database is as <see cref="Next"/> wants it.</summary>
    public static bool HasNewColumn(Workspace workspace)
    {
        using var database = new SqliteConnection($"Data Source={workspace.Database};Mode=ReadWrite;Pooling=False");
        database.Open();
        using var ask = database.CreateCommand();
        ask.CommandText = "SELECT count(*) FROM pragma_table_info('writer') WHERE name = 'remark'";
        return (long)ask.ExecuteScalar()! == 1;
    }

    private static string Folder(string name)
    {
        var folder = Path.Join(TestedProgram.Root, "artifacts/versions", name);
        Skip.IfNot(File.Exists(Path.Join(folder, "orchestrator.dll")), $"{folder} is not built; run tests/versions.sh.");
        return folder;
    }
}
