using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// Who numbers a column. When that changes, no number is given twice: the next sequence goes on where the last one stopped, or after the greatest
/// number that is there. In between, the last number waits in a setting of the transaction.
/// </summary>
internal static class PostgresNumbering
{
    private const string Setting = "orchestrator.numbered";

    public static IEnumerable<string> Ends(string table, Column found, Column wanted)
    {
        if (found.Identity is null || found.Identity == wanted.Identity || BothIdentities(found, wanted))
        {
            yield break;
        }

        var column = PostgresSteps.AlterColumn(table, wanted);
        yield return $"SELECT set_config('{Setting}', coalesce(pg_sequence_last_value({Sequence(table, wanted)})::text, ''), true)";
        if (found.Identity is "SERIAL")
        {
            var sequence = $"pg_get_serial_sequence({PostgresNames.Literal(PostgresNames.Quote(table))}, {PostgresNames.Literal(wanted.Name)})";
            yield return $"DO $numbering$ DECLARE s text := {sequence}; BEGIN {column} DROP DEFAULT; EXECUTE 'DROP SEQUENCE ' || s; END $numbering$";
        }
        else
        {
            yield return $"{column} DROP IDENTITY";
        }
    }

    public static IEnumerable<string> Begins(string table, Column found, Column wanted)
    {
        if (wanted.Identity is null || found.Identity == wanted.Identity)
        {
            yield break;
        }

        var column = PostgresSteps.AlterColumn(table, wanted);
        if (BothIdentities(found, wanted))
        {
            yield return $"{column} SET GENERATED {wanted.Identity}";
            yield break;
        }

        if (wanted.Identity is "SERIAL")
        {
            var name = PostgresNames.Quote($"{table}_{wanted.Name}_seq");
            yield return $"CREATE SEQUENCE {name} AS {wanted.Type} OWNED BY {PostgresNames.Quote(table)}.{PostgresNames.Quote(wanted.Name)}";
            yield return $"{column} SET DEFAULT nextval({PostgresNames.Literal(name)}::regclass)";
        }
        else
        {
            yield return $"{column} ADD GENERATED {wanted.Identity} AS IDENTITY";
        }

        var before = found.Identity is null ? "NULL" : $"nullif(current_setting('{Setting}', true), '')::bigint";
        yield return $"SELECT setval({Sequence(table, wanted)}, n) FROM (SELECT greatest({before}, max({PostgresNames.Quote(wanted.Name)})) AS n "
            + $"FROM {PostgresNames.Quote(table)}) AS last WHERE n IS NOT NULL";
    }

    private static bool BothIdentities(Column found, Column wanted) => found.Identity is "ALWAYS" or "BY DEFAULT" && wanted.Identity
        is "ALWAYS" or "BY DEFAULT";

    private static string Sequence(string table, Column column) =>
        $"pg_get_serial_sequence({PostgresNames.Literal(PostgresNames.Quote(table))}, {PostgresNames.Literal(column.Name)})::regclass";
}
