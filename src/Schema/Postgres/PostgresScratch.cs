using Npgsql;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// Builds a schema from DDL in a schema of its own, within the open transaction, and rolls it back: what does not work fails before anything is
/// touched, and what does is read by the same eyes as the database.
/// </summary>
internal static class PostgresScratch
{
    // What this engine does not compare it must not seem to take care of.
    private const string Unsupported =
        """
        SELECT string_agg(what, ', ') FROM (
            SELECT 'the partitioned, foreign or inheriting table ' || relname AS what FROM pg_class WHERE relnamespace = $1
                AND (relkind IN ('p', 'f') OR (relkind = 'r' AND EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = pg_class.oid)))
            UNION ALL SELECT 'row security of ' || relname FROM pg_class WHERE relnamespace = $1 AND relrowsecurity
            UNION ALL SELECT 'rights on ' || relname FROM pg_class WHERE relnamespace = $1 AND relacl IS NOT NULL
            UNION ALL SELECT 'the rule ' || rulename FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class WHERE relnamespace = $1
                AND rulename <> '_RETURN'
            UNION ALL SELECT 'the statistics ' || stxname FROM pg_statistic_ext WHERE stxnamespace = $1
            UNION ALL SELECT 'the aggregate ' || proname FROM pg_proc WHERE pronamespace = $1 AND prokind IN ('a', 'w')
            UNION ALL SELECT 'the type ' || typname FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
                WHERE typnamespace = $1 AND (typtype IN ('r', 'm') OR (typtype = 'c' AND c.relkind = 'c'))
            UNION ALL SELECT 'the extension ' || extname FROM pg_extension WHERE extnamespace = $1) AS found
        """;

    public static DatabaseSchema Build(NpgsqlConnection connection, IReadOnlyList<string> statements, string cookie)
    {
        var real = connection.Scalar("SELECT current_schema()");
        var before = connection.Scalar($"SELECT {cookie}");
        connection.Execute("SAVEPOINT scratch");
        try
        {
            // Names that the schema is not to make itself, such as those of extensions, are found where they are found otherwise.
            var name = $"orchestrator_scratch_{connection.ProcessID}";
            connection.Execute(
                $"""
                CREATE SCHEMA {name};
                SELECT set_config('search_path', concat_ws(', ', '{name}', (SELECT string_agg(quote_ident(s), ', ')
                    FROM unnest(current_schemas(false)) s WHERE s <> current_schema())), true);
                SET LOCAL check_function_bodies = off
                """);
            foreach (var statement in statements)
            {
                Run(connection, statement);
            }

            var scratch = connection.Scalar($"SELECT '{name}'::regnamespace::oid");
            if (connection.Scalar(Unsupported.Replace("$1", $"{scratch}", StringComparison.Ordinal)) is string unsupported)
            {
                throw new SchemaException($"The wanted schema holds what is not looked after here: {unsupported}. Make it by hand, outside of it.");
            }

            var schema = PostgresIntrospection.Read(connection);
            connection.Execute("SELECT set_config('search_path', "
                + $"quote_ident('{real?.ToString()?.Replace("'", "''", StringComparison.Ordinal)}'), true)");
            return Equals(before, connection.Scalar($"SELECT {cookie}"))
                ? schema
                : throw new SchemaException($"The wanted schema names the schema {real}: leave that out, its objects are made in the current "
                    + "schema.");
        }
        finally
        {
            connection.Execute("ROLLBACK TO SAVEPOINT scratch");
        }
    }

    private static void Run(NpgsqlConnection connection, string statement)
    {
        try
        {
            connection.Execute(statement);
        }
        catch (PostgresException e)
        {
            throw new SchemaException($"The wanted schema does not work: {e.MessageText} In: {statement.Trim()}", e);
        }
    }
}
