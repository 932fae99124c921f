using System.Globalization;

namespace Orchestrator.Schema.Postgres;

/// <summary>What is known of types: how one becomes another, and whether every value survives it.</summary>
internal static class PostgresTypes
{
    private static readonly string[] Whole = ["smallint", "integer", "bigint"];

    /// <summary>A value of one type as another. What has no cast of its own goes by its text.</summary>
    public static string Cast(string value, string from, string to)
    {
        var (a, b) = (Family(from), Family(to));
        var direct = a == b || a == "text" || b == "text" || (a, b) is ("boolean", "number") or ("number", "boolean");
        if ((a, b) is ("boolean", "number"))
        {
            return $"({value})::integer::{to}";
        }

        return (a, b) is ("number", "boolean") ? $"(({value})::integer)::boolean" : direct ? $"({value})::{to}" : $"(({value})::text)::{to}";
    }

    /// <summary>Whether every value of one type is one of the other: then nobody needs to ask the rows.</summary>
    public static bool Widens(string from, string to)
    {
        if (Array.IndexOf(Whole, from) is >= 0 and var a)
        {
            return Array.IndexOf(Whole, to) > a || to is "numeric" or "text" or "character varying" || (to is "double precision" && a < 2);
        }

        if (IsVarying(from) || from is "text")
        {
            return to is "text" or "character varying" || (IsVarying(from) && IsVarying(to) && Length(from) is { } had && Length(to) >= had);
        }

        return (from, to) is ("real", "double precision") or ("date", "timestamp without time zone") or ("boolean", "text") or ("uuid", "text")
            || (from.StartsWith("numeric(", StringComparison.Ordinal) && to is "numeric");
    }

    /// <summary>Whether two values of the type are compared by their text: it has no equality, or a loose one.</summary>
    public static bool ComparesAsText(string type) => Family(type) is "text" or "other" && !type.StartsWith("character(", StringComparison.Ordinal);

    /// <summary>What stands for nothing when a column must hold something again.</summary>
    public static string Nothing(string type) => Family(type) switch
    {
        "number" => "0",
        "boolean" => "false",
        "text" => "''",
        "time" => type.StartsWith("time ", StringComparison.Ordinal) || type is "interval" ? "'0'" : "'1970-01-01'",
        _ => type switch
        {
            "uuid" => "'00000000-0000-0000-0000-000000000000'",
            "json" or "jsonb" => "'null'",
            "bytea" => "''",
            _ =>
            type.EndsWith("[]", StringComparison.Ordinal) ? "'{}'" : "NULL"
        },
    };

    private static string Family(string type)
    {
        var name = type.Split('(')[0].Trim();
        return type.EndsWith("[]", StringComparison.Ordinal) ? "other" : name switch
        {
            "smallint" or "integer" or "bigint" or "numeric" or "real" or "double precision" => "number",
            "text" or "character varying" or "character" or "citext" or "name" => "text",
            "boolean" => "boolean",
            _ => name.StartsWith("timestamp", StringComparison.Ordinal) || name is "date" ? "time" : "other",
        };
    }

    private static bool IsVarying(string type) => type.StartsWith("character varying", StringComparison.Ordinal);

    private static int? Length(string type) =>
        type.IndexOf('(', StringComparison.Ordinal) is > 0 and var at ? int.Parse(type[(at + 1)..^1], CultureInfo.InvariantCulture) : null;
}
