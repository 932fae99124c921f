using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// Reads the schema of a SQLite database from the text that the database keeps of it. What the code wants is run in a scratch database and read
/// the same way, so that spelling cannot differ and a statement that does not work fails before the real file is touched.
/// </summary>
public static class SqliteIntrospection
{
    /// <summary>Tables of the engine itself, which no schema names.</summary>
    public static bool IsOwn(string table) => SqlTokens.Fold(table) is "migration_history" or Backfill.Rest or Backfill.Changed;

    private static readonly Recent<List<(string Type, string Name, string Table, string Sql)>, DatabaseSchema> Known =
        new((a, b) => a.Count == b.Count && a.SequenceEqual(b));

    /// <summary>The schema of an open database.</summary>
    public static DatabaseSchema Read(SqliteConnection connection)
    {
        var rows = Rows(connection);

        // Which tables belong to a virtual table, the database must be asked.
        return rows.Exists(r => r.Type == "table" && r.Sql.Contains("virtual", StringComparison.OrdinalIgnoreCase))
            ? Parse(rows, () => Shadows(connection))
            : Known.Of(rows, r => Parse(r, () => []));
    }

    /// <summary>The schema that the statements would make in an empty database.</summary>
    /// <exception cref="SchemaException">One of them does not work.</exception>
    public static DatabaseSchema Of(IEnumerable<string> statements)
    {
        using var scratch = Scratch();
        foreach (var statement in statements)
        {
            try
            {
                scratch.Execute(statement);
            }
            catch (SqliteException e)
            {
                throw new SchemaException($"The wanted schema does not work: {e.Message} In: {statement.Trim()}", e);
            }
        }

        return Read(scratch);
    }

    internal static SqliteConnection Scratch()
    {
        var scratch = new SqliteConnection("Data Source=:memory:;Pooling=False");
        scratch.Open();
        return scratch;
    }

    private static List<(string Type, string Name, string Table, string Sql)> Rows(SqliteConnection connection)
    {
        var rows = new List<(string, string, string, string)>();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        }

        return rows;
    }

    // Tables that belong to a virtual table are made by it.
    private static HashSet<string> Shadows(SqliteConnection connection)
    {
        var shadows = new HashSet<string>(SqliteNames.Comparer);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            shadows.Add(reader.GetString(0));
        }

        return shadows;
    }

    private static DatabaseSchema Parse(List<(string Type, string Name, string Table, string Sql)> rows, Func<HashSet<string>> shadows)
    {
        var tables = rows.Where(r => r.Type == "table" && !Internal(r.Name)).Select(r => TableParser.Parse(r.Sql) with { Name = r.Name }).ToList();
        if (tables.Exists(t => t.IsVirtual))
        {
            var hidden = shadows();
            tables.RemoveAll(t => hidden.Contains(t.Name));
        }

        var byName = tables.ToDictionary(t => t.Name, SqliteNames.Comparer);
        tables = tables.ConvertAll(t => ForeignKeyResolution.Resolve(t, byName));
        byName = tables.ToDictionary(t => t.Name, SqliteNames.Comparer);
        var indexes = rows.Where(r => r.Type == "index" && byName.ContainsKey(r.Table) && !SqliteBackfill.IsOwn(r.Name))
            .Select(r => ObjectParser.Index(r.Sql, _ => byName[r.Table]) with { Name = r.Name });
        var views = rows.Where(r => r.Type == "view").Select(r => ObjectParser.View(r.Name, r.Sql));
        var triggers = rows.Where(r => r.Type == "trigger" && !IsOwn(r.Table) && !SqliteBackfill.IsOwn(r.Name)).Select(r => ObjectParser.Trigger(r.Name, r.Table, r.Sql));
        return new DatabaseSchema(tables, [.. indexes], [.. views], [.. triggers], SqliteNames.Comparer);
    }

    private static bool Internal(string name) => IsOwn(name) || SqlTokens.Fold(name).StartsWith("sqlite_", StringComparison.Ordinal);
}
