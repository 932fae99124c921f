using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>Whether views and triggers work, by compiling them: SQLite itself looks only when one is used.</summary>
internal static class SqliteSoundness
{
    /// <summary>Those that do not, each with the reason.</summary>
    public static Dictionary<string, string> Broken(SqliteConnection connection, DatabaseSchema schema)
    {
        var broken = new Dictionary<string, string>(SqliteNames.Comparer);
        foreach (var view in schema.Views)
        {
            Compile(connection, $"EXPLAIN SELECT * FROM {SqlTokens.Quote(view.Name)}", view.Name, broken);
        }

        foreach (var trigger in schema.Triggers)
        {
            if (Statement(connection, trigger) is { } statement)
            {
                Compile(connection, statement, trigger.Name, broken);
            }
        }

        return broken;
    }

    // A trigger is compiled with the statement that fires it, and so are its neighbours: a broken one makes them all look broken.
    private static string? Statement(SqliteConnection connection, Trigger trigger)
    {
        List<string> columns;
        try
        {
            columns = connection.Rows("SELECT name FROM pragma_table_xinfo($t) WHERE hidden IN (0, 1)", ("$t", trigger.Table)).ConvertAll(r =>
                (string)r[0]!);
        }
        catch (SqliteException)
        {
            columns = [];
        }

        var table = SqlTokens.Quote(trigger.Table);
        return columns.Count == 0 ? $"EXPLAIN DELETE FROM {table}" : trigger.Event switch
        {
            "INSERT" => $"EXPLAIN INSERT INTO {table} ({string.Join(", ", columns.Select(SqlTokens.Quote))}) "
                + $"VALUES ({string.Join(", ", columns.Select(_ => "NULL"))})",
            "UPDATE" => $"EXPLAIN UPDATE {table} SET {string.Join(", ", columns.Select(c => $"{SqlTokens.Quote(c)} = {SqlTokens.Quote(c)}"))}",
            _ => $"EXPLAIN DELETE FROM {table}",
        };
    }

    private static void Compile(SqliteConnection connection, string sql, string name, Dictionary<string, string> broken)
    {
        try
        {
            connection.Execute(sql);
        }
        catch (SqliteException e)
        {
            broken[name] = e.Message;
        }
    }
}
