namespace Orchestrator.Schema.Tests.Upgrading;

internal sealed class SqliteRandomSchema : RandomSchema
{
    public override IEnumerable<string> Inserts(TablePart[] tables, int[][] rows) =>
        from table in tables
        from row in rows.Select((values, number) => (values, number))
        let columns = table.Columns.Where(c => c.Flavour != 9).ToList()
        let names = new[] { table.Key > 0 ? "id" : null }.Concat(columns.Select(c => c.Name)).Where(n => n is not null)
        let values = new[] { table.Key > 0 ? $"{row.number + 3}" : null }.Concat(columns.Select((c, i) => Values[row.values[i]])).Where(v => v is not null)
        select $"INSERT OR IGNORE INTO {table.Name} ({string.Join(", ", names)}) VALUES ({string.Join(", ", values)})";

    protected override IEnumerable<string> Statements(TablePart table)
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
