using CsCheck;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>Schemas and rows by chance. Two schemas share names, so that one is a change of the other.</summary>
internal static class RandomSchema
{
    private static readonly string[] Types = ["INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", ""];
    private static readonly string[] Values = ["1", "'x'", "NULL", "2.5", "x'0A'", "'7'", "''", "-3", "'é'"];

    internal sealed record Part(string Name, string Type, int Flavour);

    internal sealed record TablePart(string Name, int Key, bool Strict, bool WithoutRowId, Part[] Columns, int Extra);

    private static readonly Gen<Part> Column =
        Gen.Select(Gen.Int[0, 5], Gen.OneOfConst(Types), Gen.Int[0, 11]).Select((n, type, flavour) => new Part($"c{n}", type, flavour));

    private static readonly Gen<TablePart> Table = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 9], Column.Array[1, 5], Gen.Int[0, 9])
        .Select((n, key, kind, columns, extra) =>
            new TablePart($"t{n}", key, kind == 0, kind is 1 or 2 && key > 0, [.. columns.DistinctBy(c => c.Name)], extra));

    /// <summary>DDL of one schema.</summary>
    public static readonly Gen<TablePart[]> Schema = Table.Array[1, 3].Select(ts => ts.DistinctBy(t => t.Name).ToArray());

    /// <summary>Rows: for each, which values.</summary>
    public static readonly Gen<int[][]> Rows = Gen.Int[0, 8].Array[6].Array[0, 6];

    public static string Ddl(TablePart[] tables) => string.Join(";", tables.SelectMany(Statements));

    public static IEnumerable<string> Inserts(TablePart[] tables, int[][] rows) =>
        from table in tables
        from row in rows.Select((values, number) => (values, number))
        let columns = table.Columns.Where(c => c.Flavour != 9).ToList()
        let names = new[] { table.Key > 0 ? "id" : null }.Concat(columns.Select(c => c.Name)).Where(n => n is not null)
        let values = new[] { table.Key > 0 ? $"{row.number + 3}" : null }.Concat(columns.Select((c, i) => Values[row.values[i]])).Where(v => v is not null)
        select $"INSERT OR IGNORE INTO {table.Name} ({string.Join(", ", names)}) VALUES ({string.Join(", ", values)})";

    private static IEnumerable<string> Statements(TablePart table)
    {
        var parts = new List<string>();
        if (table.Key > 0)
        {
            parts.Add(table.Key switch { 1 => "id INTEGER PRIMARY KEY", 2 when !table.WithoutRowId => "id INTEGER PRIMARY KEY AUTOINCREMENT", _ => "id INTEGER NOT NULL PRIMARY KEY" });
        }

        var columns = table.Columns.Select(c => table.Strict && c.Type is "" or "NUMERIC" && table.Strict ? c with { Type = "ANY" } : c).ToArray();
        parts.AddRange(columns.Select((c, i) => Definition(c, i, table)));
        var first = columns[0];
        parts.AddRange(table.Extra is 1 ? [$"CHECK ({first.Name} IS NULL OR {first.Name} <> 99)"] : []);
        parts.AddRange(table.Extra is 2 && columns.Length > 1 && columns[1].Flavour != 9 ? [$"UNIQUE ({first.Name}, {columns[1].Name})"] : []);
        var options = string.Join(", ", new[] { table.Strict ? "STRICT" : "", table.WithoutRowId ? "WITHOUT ROWID" : "" }.Where(o => o.Length > 0));
        yield return $"CREATE TABLE {table.Name} ({string.Join(", ", parts)}) {options}";
        if (table.Extra is 3 or 4 or 5)
        {
            var part = table.Extra switch { 3 => first.Name, 4 => $"{first.Name} COLLATE NOCASE DESC", _ => $"lower({first.Name})" };
            yield return $"CREATE INDEX i_{table.Name} ON {table.Name} ({part}) {(table.Extra == 3 ? $"WHERE {first.Name} IS NOT NULL" : "")}";
        }

        if (table.Extra is 6)
        {
            yield return $"CREATE VIEW v_{table.Name} AS SELECT {first.Name} FROM {table.Name}";
        }

        if (table.Extra is 7)
        {
            yield return $"CREATE TRIGGER g_{table.Name} AFTER INSERT ON {table.Name} BEGIN UPDATE {table.Name} SET {first.Name} = {first.Name} WHERE 0; END";
        }
    }

    private static string Definition(Part c, int index, TablePart table) => $"{c.Name} {c.Type} " + c.Flavour switch
    {
        1 => c.Type is "TEXT" ? "DEFAULT 'd'" : table.Strict && c.Type != "ANY" ? "" : "DEFAULT 4",
        2 => c.Type is "TEXT" or "" ? "NOT NULL DEFAULT 'n'" : table.Strict && c.Type is "BLOB" ? "" : "NOT NULL DEFAULT 0",
        3 => "COLLATE NOCASE",
        4 => "NOT NULL",
        5 => "UNIQUE",
        6 => $"CHECK ({c.Name} IS NULL OR {c.Name} <> 98)",
        7 => table.Key > 0 && index > 0 ? $"REFERENCES {table.Name} (id) ON DELETE CASCADE" : "",
        9 when index > 0 => table.Strict ? "" : "AS (1 + 1)",
        _ => "",
    };
}
