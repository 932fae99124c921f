using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Postgres;

/// <summary>Questions that find the rows which stand in the way, and name them.</summary>
internal static class PostgresChecks
{
    // No column is called so: one that is not there yet would be taken for the whole row.
    private const string This = "this_row";
    private const int Named = 6;   // five are named; a sixth says that there are more

    public static RowCheck NotNull(Table table, Column column) => new(
        $"{table.Name}.{column.Name} shall be NOT NULL, has neither a default nor a declared backfill, and is NULL in",
        Find(table, "", $"{Q(column.Name)} IS NULL"));

    public static RowCheck Holds(Table table, Check check) => new(
        $"the new CHECK ({check.Expression}) of {table.Name} does not hold in", Find(table, "", $"NOT ({check.Expression})"));

    public static RowCheck Generated(Table table, Column found, Column wanted) => new(
        $"{table.Name}.{wanted.Name} shall be computed, and what is computed differs from what is there in",
        Find(table, Value(found), $"({Q(found.Name)})::text IS DISTINCT FROM ({wanted.Generated!.Expression})::text"))
    { IsRequired = true };

    public static RowCheck NoDuplicates(Table table, IReadOnlyList<string> parts, string? where, string what)
    {
        var filter = string.Join(" AND ", parts.Select(p => $"({Bare(p)}) IS NOT NULL").Concat(where is null ? [] : [$"({where})"]));
        var text = string.Join(" || ', ' || ", parts.Select(p => $"quote_nullable(({Bare(p)})::text)"));
        return new RowCheck(
            $"{what} forbids what is there more than once:",
            $"SELECT {text} FROM {Q(table.Name)} WHERE {filter} GROUP BY {string.Join(", ", parts.Select(Bare))} HAVING count(*) > 1 LIMIT {Named}");
    }

    public static RowCheck HasParent(Table table, ForeignKey key)
    {
        var pairs = key.Columns.Zip(key.ParentColumns).ToList();
        return new RowCheck(
            $"rows without their parent in {key.Parent}:",
            Find(
                table,
                string.Concat(key.Columns.Select(c => $" || ', {c.Replace("'", "''", StringComparison.Ordinal)} ' || quote_nullable({Q(c)}::text)")),
                string.Join(" AND ", key.Columns.Select(c => $"{This}.{Q(c)} IS NOT NULL"))
                + $" AND NOT EXISTS (SELECT 1 FROM {Q(key.Parent)} AS p WHERE {string.Join(" AND ", pairs.Select(k => $"p.{Q(k.Second)} = "
                    + $"{This}.{Q(k.First)}"))})"));
    }

    /// <summary>
    /// Values that would not come back from the new type as they are. A value that the new type does not take at all is an error, which only a
    /// function can catch row by row.
    /// </summary>
    public static RowCheck Converts(Table table, Column found, Column wanted)
    {
        var back = PostgresTypes.Cast(PostgresTypes.Cast("v", found.Type, wanted.Type), wanted.Type, found.Type);
        var same = PostgresTypes.ComparesAsText(found.Type) ? $"({back})::text COLLATE \"C\" IS NOT DISTINCT FROM v::text COLLATE \"C\""
            : $"({back}) IS NOT DISTINCT FROM v";
        return new RowCheck(
            $"{table.Name}.{found.Name} shall be {wanted.Type}, and these values would not survive it (declare a conversion):",
            $"""
            CREATE OR REPLACE FUNCTION pg_temp.survives(v {found.Type}) RETURNS boolean LANGUAGE plpgsql AS $survives$
            BEGIN RETURN {same}; EXCEPTION WHEN undefined_object THEN RAISE; WHEN OTHERS THEN RETURN false; END $survives$;
            {Find(table, Value(found), $"{Q(found.Name)} IS NOT NULL AND NOT pg_temp.survives({Q(found.Name)})")}
            """)
        { IsRequired = true };
    }

    private static string Find(Table table, string value, string condition) =>
        $"SELECT {Identity(table)}{value} FROM {Q(table.Name)} AS {This} WHERE {condition} LIMIT {Named}";

    private static string Value(Column column) => $" || ': ' || quote_nullable({Q(column.Name)}::text)";

    private static string Identity(Table table) => table.PrimaryKey is { } key
        ? string.Join(" || ', ' || ", key.Columns.Select(c => $"{PostgresNames.Literal($"{c} = ")} || quote_nullable({Q(c)}::text)"))
        : $"'row ' || {This}.ctid::text";

    // An index part may carry an order and a class of operators, which no expression may.
    private static string Bare(string part)
    {
        foreach (var end in (string[])[" NULLS FIRST", " NULLS LAST", " DESC", " ASC"])
        {
            part = part.EndsWith(end, StringComparison.Ordinal) ? part[..^end.Length] : part;
        }

        return part.IndexOf("_ops", StringComparison.Ordinal) is > 0 and var at ? part[..part.LastIndexOf(' ', at)] : part;
    }

    private static string Q(string name) => PostgresNames.Quote(name);
}
