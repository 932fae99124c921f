using Npgsql;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// Whether functions work. The server keeps views whole by itself, but looks at the text of a function only when it runs: so functions in SQL are
/// compiled, and in those that triggers call, NEW and OLD must speak of columns that are there.
/// </summary>
internal static class PostgresSoundness
{
    /// <summary>Those that do not, each with the reason.</summary>
    public static Dictionary<string, string> Broken(NpgsqlConnection connection, DatabaseSchema schema)
    {
        var broken = new Dictionary<string, string>();
        foreach (var function in schema.Auxiliaries.Where(a => a.Language == "sql"))
        {
            connection.Execute("SAVEPOINT sound");
            try
            {
                connection.Execute($"SET LOCAL check_function_bodies = on; {function.Sql}");
            }
            catch (PostgresException e)
            {
                broken[function.Name] = e.MessageText;
            }

            connection.Execute("ROLLBACK TO SAVEPOINT sound");
        }

        foreach (var trigger in schema.Triggers)
        {
            var columns = schema.Table(trigger.Table)?.Columns;
            var body = schema.Auxiliaries.FirstOrDefault(a => a.Name == trigger.Function && a.Language == "plpgsql")?.Body;
            if (columns is not null && body is not null && Missing(body, columns) is { } missing)
            {
                broken[trigger.Name] = $"{trigger.Function} speaks of {missing}, and {trigger.Table} has no such column";
            }
        }

        return broken;
    }

    private static string? Missing(string body, IReadOnlyList<Column> columns)
    {
        var tokens = SqlTokens.Of(body);
        for (var i = 0; i + 2 < tokens.Count; i++)
        {
            if ((tokens[i].Is("new") || tokens[i].Is("old")) && tokens[i + 1].Is(".") && tokens[i + 2].IsName && !(i > 0 && tokens[i - 1].Is("."))
                && (tokens[i + 2].Kind == TokenKind.Word ? tokens[i + 2].Text : SqlTokens.Name(body, tokens[i + 2])) is var name
                    && !columns.Any(c => c.Name == name))
            {
                return $"{tokens[i].Text}.{name}";
            }
        }

        return null;
    }
}
