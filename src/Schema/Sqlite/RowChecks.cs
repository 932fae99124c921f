using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Sqlite;

/// <summary>Questions that find the rows which stand in the way, and name them.</summary>
internal static class RowChecks
{
    private const int Named = 6;   // five are named; a sixth says that there are more

    public static RowCheck NotNull(Table table, Column column) => new(
        $"{table.Name}.{column.Name} shall be NOT NULL, has neither a default nor a declared backfill, and is NULL in",
        Find(table, "", $"{Q(column.Name)} IS NULL"));

    public static RowCheck Holds(Table table, Check check) => new(
        $"the new CHECK ({check.Expression}) of {table.Name} does not hold in", Find(table, "", $"NOT ({check.Expression})"));

    public static RowCheck Generated(Table table, Column column) => new(
        $"{table.Name}.{column.Name} shall be computed, and what is computed differs from what is there in",
        Find(table, Value(column), $"{Q(column.Name)} IS NOT ({column.Generated!.Expression})"))
    { IsRequired = true };

    public static RowCheck NoDuplicates(string table, IReadOnlyList<string> parts, string? where, string what)
    {
        var list = string.Join(", ", parts);
        var filter = string.Join(" AND ", parts.Select(p => $"({p}) IS NOT NULL").Concat(where is null ? [] : [$"({where})"]));
        var text = string.Join(" || ', ' || ", parts.Select(p => $"quote({Bare(p)})"));
        return new RowCheck($"{what} forbids what is there more than once:",
            $"SELECT {text} FROM {Q(table)} WHERE {filter} GROUP BY {list} HAVING count(*) > 1 LIMIT {Named}");
    }

    /// <summary>Values that would not come back from the new type as they are.</summary>
    public static RowCheck Converts(Table table, Column found, string type, bool strict) => new(
        $"{table.Name}.{found.Name} shall be {type}, and these values would not survive it (declare a conversion):",
        Find(table, Value(found), $"NOT ({Survives(Q(found.Name), type, strict)})"))
    { IsRequired = true };

    /// <summary>Finds rows of the original that the copy does not hold.</summary>
    public static RowCheck Same(string table, string copy, string? key, IReadOnlyList<string> columns)
    {
        var reason = $"the copy of {table} does not hold";
        if (key is null)
        {
            var list = string.Join(", ", columns.Select(Q));
            var lost = columns.Count == 0 ? "SELECT 1 WHERE 0" : $"SELECT {list} FROM {Q(table)} EXCEPT SELECT {list} FROM {Q(copy)}";
            return new RowCheck(reason, $"SELECT 'a row' FROM ({lost}) {Counted(table, copy)}");
        }

        var differs = string.Concat(columns.Select(c => $" OR o.{Q(c)} IS NOT n.{Q(c)} COLLATE BINARY"));
        return new RowCheck(
            reason,
            $"SELECT 'row ' || o.{key} FROM {Q(table)} AS o LEFT JOIN {Q(copy)} AS n ON n.{key} = o.{key} WHERE n.{key} IS NULL{differs} "
                + $"{Counted(table, copy)}");
    }

    // The outer LIMIT would hide the count behind the rows, so it comes first.
    private static string Counted(string table, string copy) =>
        $"UNION ALL SELECT 'as many rows' WHERE (SELECT count(*) FROM {Q(table)}) <> (SELECT count(*) FROM {Q(copy)}) LIMIT {Named}";

    private static string Survives(string c, string type, bool strict)
    {
        var number = $"(CAST({c} AS NUMERIC) = {c})";   // the comparison converts a text as the column would, and only if all of it is a number
        return type switch
        {
            "INTEGER" => $"CASE typeof({c}) WHEN 'null' THEN 1 WHEN 'integer' THEN 1 WHEN 'real' THEN abs({c}) < 9007199254740993 AND CAST({c} "
                + $"AS INTEGER) = {c} "
                + $"WHEN 'text' THEN CAST(CAST({c} AS INTEGER) AS TEXT) = {c} COLLATE BINARY ELSE 0 END",
            "REAL" => $"CASE typeof({c}) WHEN 'null' THEN 1 WHEN 'real' THEN 1 WHEN 'integer' THEN {c} BETWEEN -9007199254740992 AND "
                + "9007199254740992 "
                + $"WHEN 'text' THEN CAST(CAST({c} AS REAL) AS TEXT) = {c} COLLATE BINARY ELSE 0 END",
            "TEXT" => $"CASE typeof({c}) WHEN 'null' THEN 1 WHEN 'text' THEN 1 WHEN 'integer' THEN 1 "
                + $"WHEN 'real' THEN CAST(CAST({c} AS TEXT) AS REAL) = {c} ELSE 0 END",
            "BLOB" when strict =>
                $"CASE typeof({c}) WHEN 'null' THEN 1 WHEN 'blob' THEN 1 WHEN 'text' THEN CAST(CAST({c} AS BLOB) AS TEXT) = {c} ELSE 0 END",
            "NUMERIC" => $"CASE typeof({c}) WHEN 'text' THEN NOT {number} OR CAST(CAST({c} AS NUMERIC) AS TEXT) = {c} COLLATE BINARY ELSE 1 END",
            _ => "1",
        };
    }

    private static string Find(Table table, string value, string condition) =>
        $"SELECT {Identity(table)}{value} FROM {Q(table.Name)} WHERE {condition} LIMIT {Named}";

    private static string Value(Column column) => $" || ': ' || quote({Q(column.Name)})";

    private static string Identity(Table table) => table.PrimaryKey is { } key
        ? string.Join(" || ', ' || ", key.Columns.Select(c => $"{SqlTokens.Literal($"{c} = ")} || quote({Q(c)})"))
        : SqliteRebuild.RowId(table) is { } rowid ? $"'row ' || {rowid}" : "'a row'";

    private static string Bare(string part)
    {
        var at = part.LastIndexOf(" COLLATE ", StringComparison.Ordinal);
        return at < 0 ? part : part[..at];
    }

    private static string Q(string name) => SqlTokens.Quote(name);
}
