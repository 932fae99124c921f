using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// A table written anew by the documented steps: make the new, copy, drop the old, rename the new. Renaming the old away first would drag the
/// references of others along. Indexes come after the copy: before it they cost five times as much.
/// </summary>
internal static class SqliteRebuild
{
    private static readonly string[] RowIdNames = ["rowid", "_rowid_", "oid"];

    public static PlannedStep Render(RebuildTable step, SchemaFacts facts)
    {
        var back = step.Sources.Where(s => s.Found is not null)
            .Select(s => new ColumnSource(s.Wanted, s.Found, null, s.Wanted is null || (s.Found!.NotNull && !s.Wanted.NotNull) ? Nothing(s.Found!)
                : null)).ToList();
        var sql = Statements(step.Found, step.Wanted, step.Sources, step.Objects, facts);
        var undo = Statements(step.Wanted with { Name = step.Found.Name }, step.Found, back, step.Objects, facts);
        return new PlannedStep(step, StepSummary.Of(step), sql, undo, [.. Checks(step)], facts.Rows(step.Found.Name))
        {
            Proof = (sql.ToList().FindIndex(s => s.StartsWith("DROP TABLE", StringComparison.Ordinal)), Proof(step, facts)),
        };
    }

    /// <summary>A name of the row number that no column hides, or null.</summary>
    public static string? RowId(Table table) => table.WithoutRowId
        ? null
        : RowIdNames.FirstOrDefault(n => table.Column(n, SqliteNames.Comparer) is null or { IsRowId: true });

    private static List<string> Statements(
        Table found, Table wanted, IReadOnlyList<ColumnSource> sources, IReadOnlyList<SchemaObject> objects, SchemaFacts facts)
    {
        var copy = CopyName(found.Name, facts.Found);
        var (into, from) = Copied(found, wanted, sources);
        var statements = new List<string>
        {
            Create(wanted, copy),
            into.Count == 0
                ? $"INSERT INTO {Q(copy)} DEFAULT VALUES"
                : $"INSERT INTO {Q(copy)} ({string.Join(", ", into)}) SELECT {string.Join(", ", from)} FROM {Q(found.Name)}",
        };
        if (found.AutoIncrement && wanted.AutoIncrement)
        {
            statements.Add($"DELETE FROM sqlite_sequence WHERE name = {SqlTokens.Literal(copy)}");
            statements.Add($"INSERT INTO sqlite_sequence (name, seq) SELECT {SqlTokens.Literal(copy)}, seq FROM sqlite_sequence WHERE name = "
                + $"{SqlTokens.Literal(found.Name)}");
        }

        statements.Add($"DROP TABLE {Q(found.Name)}");
        statements.Add($"ALTER TABLE {Q(copy)} RENAME TO {Q(found.Name)}");
        statements.AddRange(objects.Select(o => o.Sql));
        return statements;
    }

    private static (List<string> Into, List<string> From) Copied(Table found, Table wanted, IReadOnlyList<ColumnSource> sources)
    {
        var (into, from) = (new List<string>(), new List<string>());
        if (RowId(found) is { } old && RowId(wanted) is { } next && !wanted.Columns.Any(c => c.IsRowId))
        {
            into.Add(next);
            from.Add(old);
        }

        foreach (var source in sources.Where(s => s.Wanted is { Generated: null }))
        {
            if (Expression(found, wanted, source) is { } expression)
            {
                into.Add(Q(source.Wanted!.Name));
                from.Add(expression);
            }
        }

        return (into, from);
    }

    private static string? Expression(Table found, Table wanted, ColumnSource source)
    {
        var column = source.Wanted!;
        if (source.Convert is { } convert)
        {
            return $"({convert})";
        }

        if (source.Found is null)
        {
            return source.Fill is { } fill ? $"({fill})" : column.IsRowId ? RowId(found) : null;
        }

        var plain = Q(source.Found.Name);
        if (wanted.Strict && column.Type == "BLOB" && source.Found.Type != "BLOB")
        {
            plain = $"CAST({plain} AS BLOB)";
        }
        else if (wanted.Strict && column.Type == "TEXT" && source.Found.Type == "BLOB")
        {
            plain = $"CAST({plain} AS TEXT)";   // on the way back; on the way there, bytes are refused
        }

        return column.NotNull && !source.Found.NotNull && (source.Fill ?? column.Default) is { } instead ? $"coalesce({plain}, ({instead}))" : plain;
    }

    internal static string Create(Table table, string name)
    {
        var parts = table.Columns.Select(c => c.Definition).Concat(table.Constraints.Where(c => c.OfColumn is null).Select(c => c.Definition));
        var options = string.Join(", ", new[] { table.Strict ? "STRICT" : "", table.WithoutRowId ? "WITHOUT ROWID" : "" }.Where(o => o.Length > 0));
        return $"CREATE TABLE {Q(name)} ({string.Join(", ", parts.Select(p => TableDraft.Unqualified(p, table.Name)))}){(options.Length > 0 ? $" "
            + $"{options}" : "")}";
    }

    private static IEnumerable<RowCheck> Checks(RebuildTable step)
    {
        foreach (var source in step.Sources.Where(s => s is { Convert: null, Wanted: not null, Found: not null }))
        {
            var (found, wanted) = (source.Found!, source.Wanted!);
            if (wanted.Generated is not null && found.Generated is null)
            {
                yield return RowChecks.Generated(step.Found, wanted);
            }
            else if (wanted.Generated is null
                && (found.Type != wanted.Type || step.Wanted.Strict != step.Found.Strict || (wanted.IsRowId && !found.IsRowId)))
            {
                yield return RowChecks.Converts(step.Found, found, wanted.Type, step.Wanted.Strict);
            }

            if (wanted is { NotNull: true, Default: null, Generated: null } && !found.NotNull && source.Fill is null)
            {
                yield return RowChecks.NotNull(step.Found, found);
            }
        }

        var there = step.Found.Constraints.Select(c => c.Shape).ToHashSet();
        var converted = step.Sources.Where(s => s.Convert is not null).Select(s => s.Wanted!.Name).ToHashSet(SqliteNames.Comparer);
        foreach (var added in step.Wanted.Constraints.Where(c => !there.Contains(c.Shape) && !c.Columns.Any(converted.Contains)))
        {
            if (added is Check check)
            {
                yield return RowChecks.Holds(step.Found, check);
            }
            else if (added is UniqueKey or PrimaryKey)
            {
                var parts = added.Columns
                    .Select(c => step.Wanted.Column(c, SqliteNames.Comparer)?.Collation is { } own ? $"{Q(c)} COLLATE {Q(own)}" : Q(c));
                yield return RowChecks.NoDuplicates(step.Found.Name, added is UniqueKey { OfColumn: null } u ? u.Parts : [.. parts], null,
                    added.Definition);
            }
        }
    }

    private static RowCheck Proof(RebuildTable step, SchemaFacts facts)
    {
        var (found, wanted) = (step.Found, step.Wanted);
        var kept = step.Sources
            .Where(s => s is { Convert: null, Found.Generated: null, Wanted.Generated: null } && s.Found.Type == s.Wanted.Type
                && (s.Found.NotNull || !s.Wanted.NotNull))
            .Select(s => s.Wanted!.Name).ToList();
        var byRow = RowId(found) is { } old && RowId(wanted) == old && found.Columns.FirstOrDefault(c => c.IsRowId)?.Name is var key
            && SqliteNames.Comparer.Equals(key ?? "", wanted.Columns.FirstOrDefault(c => c.IsRowId)?.Name ?? "") ? old : null;
        return RowChecks.Same(found.Name, CopyName(found.Name, facts.Found), byRow, kept);
    }

    private static string CopyName(string table, DatabaseSchema found) =>
        Enumerable.Range(0, int.MaxValue).Select(n => n == 0 ? $"new_{table}" : $"new{n}_{table}")
            .First(name => found.Table(name) is null && found.View(name) is null && found.Index(name) is null);

    private static string Nothing(Column column) => column.Default ?? column.Type switch { "TEXT" => "''", "BLOB" => "x''", _ => "0" };

    private static string Q(string name) => SqlTokens.Quote(name);
}
