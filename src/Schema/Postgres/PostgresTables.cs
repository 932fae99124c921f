using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Postgres;

/// <summary>Puts tables together from the catalogs.</summary>
internal static class PostgresTables
{
    /// <summary>The tables, and what each column number of each is called.</summary>
    public static (List<Table> Tables, Dictionary<uint, (string Name, Dictionary<short, string> Columns)> Names) Of(PostgresCatalog catalog)
    {
        var comments = catalog.Comments.ToDictionary(r => ((uint)r[0]!, (short)r[1]!), r => (string)r[2]!);
        var sequences = catalog.OwnedSequences.GroupBy(r => ((uint)r[0]!, (short)r[1]!)).ToDictionary(g => g.Key, g => (string)g.First()[3]!);
        var names = new Dictionary<uint, (string Name, Dictionary<short, string> Columns)>();
        var columns = new Dictionary<uint, List<Column>>();
        var unlogged = new HashSet<uint>();
        foreach (var row in catalog.Tables)
        {
            var oid = (uint)row[0]!;
            names[oid] = ((string)row[1]!, []);
            columns[oid] = [];
            _ = (bool)row[2]! && unlogged.Add(oid);
        }

        var expressions = catalog.Defaults.ToDictionary(r => ((uint)r[0]!, (short)r[1]!), r => (string)r[2]!);
        foreach (var row in catalog.Columns)
        {
            var at = (Table: (uint)row[0]!, Number: (short)row[1]!);
            names[at.Table].Columns[at.Number] = (string)row[2]!;
            columns[at.Table].Add(Column(row, expressions.GetValueOrDefault(at), sequences.GetValueOrDefault(at), comments.GetValueOrDefault(at)));
        }

        var constraints = catalog.Constraints.ToLookup(r => (uint)r[0]!);
        var tables = names.Select(n => Table(
            n.Value.Name, columns[n.Key], [.. constraints[n.Key].Where(r => !PostgresBackfill.IsOwn((string)r[1]!)).Select(r => Constraint(r, n.Value, names))],
                comments.GetValueOrDefault((n.Key, (short)0)), unlogged.Contains(n.Key)));
        return ([.. tables], names);
    }

    private static Column Column(object?[] row, string? expression, string? sequence, string? comment)
    {
        var (name, type, notNull, collation) = ((string)row[2]!, (string)row[3]!, (bool)row[4]!, (string?)row[7]);
        var isSerial = sequence is not null && expression == $"nextval({sequence}::regclass)";
        var identity = isSerial ? "SERIAL" : (string)row[5]! switch { "a" => "ALWAYS", "d" => "BY DEFAULT", _ => null };
        var generated = (string)row[6]! == "s" ? new Generated(expression!, true) : null;
        var value = isSerial || generated is not null ? null : expression;
        return Defined(new Column(name, type, notNull, value, collation, generated, null, false, "") { Identity = identity, Comment = comment });
    }

    /// <summary>With its definition.</summary>
    public static Column Defined(Column c) => c with
    {
        Definition = $"{PostgresNames.Quote(c.Name)} {Type(c)}{(c.Collation is null ? "" : $" COLLATE {c.Collation}")}"
            + (c.Generated is { } g ? $" GENERATED ALWAYS AS ({g.Expression}) STORED" : c.Identity is "ALWAYS" or "BY DEFAULT"
                ? $" GENERATED {c.Identity} AS IDENTITY"
                : c.Default is { } d ? $" DEFAULT {d}" : "")
            + (c.NotNull ? " NOT NULL" : ""),
    };

    private static string Type(Column column) => column.Identity is not "SERIAL" ? column.Type : column.Type switch
    {
        "bigint" => "bigserial",
        "smallint" => "smallserial",
        _ => "serial",
    };

    private static Table Table(string name, List<Column> columns, List<Constraint> constraints, string? comment, bool isUnlogged)
    {
        var parts = columns.Select(c => c.Definition).Concat(constraints.Where(c => c is not ForeignKey).Select(c => c.Definition));
        var quoted = PostgresNames.Quote(name);
        return new Table(name, columns, constraints, false, false, false, null,
            $"CREATE {(isUnlogged ? "UNLOGGED " : "")}TABLE {quoted} ({string.Join(", ", parts)})")
        {
            Comment = comment,
            Afterwards =
            [
                .. constraints.OfType<ForeignKey>().Select(k => $"ALTER TABLE {quoted} ADD {k.Definition}"),
                .. comment is null ? Array.Empty<string>() : [$"COMMENT ON TABLE {quoted} IS {PostgresNames.Literal(comment)}"],
                .. columns.Where(c => c.Comment is not null)
                    .Select(c => $"COMMENT ON COLUMN {quoted}.{PostgresNames.Quote(c.Name)} IS {PostgresNames.Literal(c.Comment!)}"),
            ],
        };
    }

    private static Constraint Constraint(
        object?[] row, (string Name, Dictionary<short, string> Columns) table, Dictionary<uint,
            (string Name, Dictionary<short, string> Columns)> names)
    {
        var (name, kind, text) = ((string)row[1]!, (string)row[2]!, (string)row[3]!);
        List<string> columns = row[4] is short[] keys ? [.. keys.Where(table.Columns.ContainsKey).Select(k => table.Columns[k])] : [];
        var definition = PostgresNames.IsChosen(table.Name, name, columns) ? text : $"CONSTRAINT {PostgresNames.Quote(name)} {text}";
        switch (kind)
        {
            case "p":
                return new PrimaryKey(text, name, definition, null, columns);
            case "u":
                return new UniqueKey(text, name, definition, null, columns, [.. columns.Select(PostgresNames.Quote)]);
            case "c":
                return new Check(text, name, definition, null, columns, text["CHECK (".Length..text.LastIndexOf(')')]);
            case "f":
                var parent = names.GetValueOrDefault((uint)row[5]!);
                var there = row[6] is short[] theirs && parent.Columns is not null ? theirs.Select(k => parent.Columns.GetValueOrDefault(k, "")) : [];
                return new ForeignKey(text, name, definition, null, columns, parent.Name ?? "", [.. there]);
            default:
                return new Exclusion(text, name, definition, null, columns);
        }
    }
}
