using Microsoft.Data.Sqlite;
using Orchestrator.Host.Import;

namespace Orchestrator.Host.Tests.Import;

/// <summary>The examples: each in the form that its tool writes, small enough to be read by people.</summary>
internal static class Example
{
    public static readonly string Folder = Path.Join(Root(), "tests/Host/Import/Examples");

    /// <summary>A copy of an example in a folder; of SQL, the database that it makes.</summary>
    public static string CopyTo(string folder, string name)
    {
        var source = Path.Join(Folder, name);
        var target = Path.Join(folder, name.Replace(".sql", ".db", StringComparison.Ordinal));
        if (Directory.Exists(source))
        {
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Join(target, Path.GetRelativePath(source, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
        else if (target.EndsWith(".db", StringComparison.Ordinal))
        {
            Database(target, File.ReadAllText(source));
        }
        else
        {
            File.Copy(source, target);
        }

        return target;
    }

    public static void Database(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static ImportSource Read(string path) => ImportReaders.Read(path, null);

    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(at, "Orchestrator.sln")))
        {
            at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return at;
    }
}
