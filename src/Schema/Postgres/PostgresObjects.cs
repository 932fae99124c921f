using Orchestrator.Schema.Model;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Postgres;

/// <summary>Puts together what hangs on tables, and what tables are made with.</summary>
internal sealed class PostgresObjects(PostgresCatalog catalog, IReadOnlyDictionary<string, Table> tables)
{
    public IEnumerable<TableIndex> Indexes(Dictionary<uint, (string Name, Dictionary<short, string> Columns)> names)
    {
        var views = catalog.Views.ToDictionary(r => (uint)r[0]!, r => (string)r[1]!);
        foreach (var row in catalog.Indexes)
        {
            var oid = (uint)row[0]!;
            var table = names.TryGetValue(oid, out var known) ? known.Name : views.GetValueOrDefault(oid);
            if (table is null || PostgresIntrospection.IsOwn(table))
            {
                continue;
            }

            var (name, unique, where) = ((string)row[1]!, (bool)row[2]!, (string?)row[4]);
            var sql = row[3] is string printed ? Local(printed, " ON ") : PostgresIndexes.Statement(row, table, known.Columns);
            var parts = Parts(sql);
            var columns = tables.TryGetValue(table, out var there)
                ? PostgresIntrospection.Mentioned($"{string.Join(' ', parts)} {where}", there.Columns) : [];
            var shape = sql.Replace($" INDEX {Ident(sql)} ON ", " INDEX ON ", StringComparison.Ordinal) + ((bool)row[10]! ? "" : " which failed");
            yield return new TableIndex(name, table, unique, [.. parts.Select(p => new IndexPart(p, null, false))], where, columns, shape, sql);
        }
    }

    public IEnumerable<View> Views()
    {
        var uses = catalog.ViewUses.ToLookup(r => (uint)r[0]!, r => ((string)r[1]!, (string)r[2]!));
        foreach (var row in catalog.Views)
        {
            var (name, isMaterialized, text) = ((string)row[1]!, (bool)row[2]!, ((string)row[3]!).Trim().TrimEnd(';'));
            var (options, quoted) = (row[4] is string { Length: > 0 } o ? $" WITH ({o})" : "", PostgresNames.Quote(name));
            var kind = isMaterialized ? "MATERIALIZED VIEW" : "VIEW";
            yield return new View(name, $"{kind}{options} AS {text}", $"CREATE {kind} {quoted}{options} AS {text}")
            {
                IsMaterialized = isMaterialized,
                Uses = [.. uses[(uint)row[0]!]],
                Afterwards =
                [
                    .. row[5] is string comment ? [$"COMMENT ON {kind} {quoted} IS {PostgresNames.Literal(comment)}"] : Array.Empty<string>(),
                    .. row[6] as string[] ?? [],
                    .. row[7] is string owner ? [$"ALTER {kind} {quoted} OWNER TO {owner}"] : Array.Empty<string>(),
                ],
            };
        }
    }

    public IEnumerable<Trigger> Triggers()
    {
        foreach (var row in catalog.Triggers.Where(r => !PostgresBackfill.IsOwn((string)r[0]!)))
        {
            var (name, table, sql, type, enabled) = ((string)row[0]!, (string)row[1]!, (string)row[2]!, (short)row[3]!, (string)row[4]!);
            var @event = (type & 4) != 0 ? "INSERT" : (type & 8) != 0 ? "DELETE" : (type & 16) != 0 ? "UPDATE" : "TRUNCATE";
            var state = enabled switch { "D" => "DISABLE", "A" => "ENABLE ALWAYS", "R" => "ENABLE REPLICA", _ => null };
            yield return new Trigger(name, table, @event, sql, sql)
            {
                IsEnabled = enabled != "D",
                Function = (string)row[5]!,
                Afterwards = state is null ? [] : [$"ALTER TABLE {PostgresNames.Quote(table)} {state} TRIGGER {PostgresNames.Quote(name)}"],
            };
        }
    }

    public IEnumerable<Auxiliary> Functions() => catalog.Functions.Where(r => !PostgresBackfill.IsOwn((string)r[0]!)).Select(row =>
    {
        var sql = Local(Local((string)row[2]!, "FUNCTION "), "PROCEDURE ").Trim();
        return new Auxiliary((string)row[0]!, (string)row[1]!, sql, sql)
        {
            Signature = (string)row[3]!,
            Language = (string)row[4]!,
            Body = (string?)row[5]
        };
    });

    public IEnumerable<Auxiliary> Sequences() => catalog.Sequences.Select(row =>
    {
        var sql = $"CREATE SEQUENCE {PostgresNames.Quote((string)row[0]!)} AS {row[1]} START {row[2]} INCREMENT {row[3]} MINVALUE {row[4]} "
            + $"MAXVALUE {row[5]} CACHE {row[6]}"
            + ((bool)row[7]! ? " CYCLE" : "");
        return new Auxiliary((string)row[0]!, "SEQUENCE", sql, sql);
    });

    public IEnumerable<Auxiliary> Types() => catalog.Types.Select(row =>
    {
        var (name, labels) = ((string)row[0]!, row[2] as string[] ?? []);
        var isEnum = (string)row[1]! == "e";
        var sql = isEnum
            ? $"CREATE TYPE {PostgresNames.Quote(name)} AS ENUM ({string.Join(", ", labels.Select(PostgresNames.Literal))})"
            : $"CREATE DOMAIN {PostgresNames.Quote(name)} AS {row[3]}{(row[5] is string d ? $" DEFAULT {d}" : "")}{((bool)row[4]! ? " NOT "
                + $"NULL" : "")} {row[6]}".TrimEnd();
        return new Auxiliary(name, isEnum ? "TYPE" : "DOMAIN", sql, sql) { Labels = labels };
    });

    private static List<string> Parts(string sql)
    {
        var reader = new TokenReader(sql, SqlTokens.Of(sql));
        while (!reader.Is("("))
        {
            reader.Next();
        }

        return reader.Parts(reader.Bracket()).ConvertAll(reader.Raw);
    }

    private static string Ident(string sql)
    {
        var tokens = SqlTokens.Of(sql);
        var name = tokens[tokens.FindIndex(t => t.Is("index")) + 1];
        return sql[name.Start..name.End];
    }

    // The server qualifies what it prints of indexes and functions.
    private string Local(string sql, string before) => PostgresIntrospection.Unqualified(sql, before, catalog.Schema);
}
