using System.ComponentModel;
using System.Reflection;
using LinqToDB.Mapping;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Mapping;

/// <summary>The schema that classes mapped by linq2db want, with what only our attributes can say.</summary>
internal static class MappedSchema
{
    public static WantedSchema Of(DatabaseKind kind, MappingSchema mappings, IReadOnlyList<Type> entities, int? version)
    {
        var tables = entities.Select(e => new MappedTable(kind, mappings, e)).ToList();
        return new WantedSchema([.. tables.Select(t => t.Create()), .. tables.SelectMany(t => t.References()),
            .. tables.SelectMany(t => t.Indexes()), .. tables.SelectMany(t => t.Comments())],
            Hints(tables), version)
        {
            Derived = new DerivedTables([.. tables.Where(t => t.Entity.IsDefined(typeof(DerivedAttribute))).Select(t => t.Name)]),
        };
    }

    private static SchemaHints Hints(List<MappedTable> tables) => new()
    {
        Renames =
        [
            .. tables.SelectMany(t =>
                t.Entity.GetCustomAttributes<RenamedFromAttribute>().Select(r => new Rename(RenameKind.Table, "", r.Name, t.Name))),
            .. Columns<RenamedFromAttribute, Rename>(tables, (t, c, r) => new Rename(RenameKind.Column, t, r.Name, c)),
        ],
        Backfill = [.. Columns<BackfillAttribute, ColumnExpression>(tables, (t, c, b) => new ColumnExpression(t, c, b.Sql))],
        Convert = [.. Columns<ConvertAttribute, ColumnExpression>(tables, (t, c, b) => new ColumnExpression(t, c, b.Sql))],
    };

    private static IEnumerable<TResult> Columns<TAttribute, TResult>(List<MappedTable> tables, Func<string, string, TAttribute, TResult> make)
        where TAttribute : Attribute =>
        from table in tables
        from column in table.Columns
        from attribute in column.MemberInfo.GetCustomAttributes<TAttribute>()
        select make(table.Name, column.ColumnName, attribute);
}

/// <summary>One mapped class as DDL.</summary>
internal sealed class MappedTable(DatabaseKind kind, MappingSchema mappings, Type entity)
{
    private readonly EntityDescriptor _descriptor = mappings.GetEntityDescriptor(entity);

    public Type Entity => entity;

    public string Name => _descriptor.Name.Name;

    public IReadOnlyList<ColumnDescriptor> Columns => _descriptor.Columns;

    private bool IsSqlite => kind == DatabaseKind.Sqlite;

    private List<ColumnDescriptor> Key => [.. Columns.Where(c => c.IsPrimaryKey).OrderBy(c => c.PrimaryKeyOrder)];

    public string Create()
    {
        var key = Key;
        var numbered = IsSqlite && key is [{ IsIdentity: true }];
        var parts = Columns.Select(Column).ToList();
        parts.AddRange(key.Count > 0 && !numbered ? [$"PRIMARY KEY ({List(key.Select(c => c.ColumnName))})"] : []);
        parts.AddRange(Attributes<UniqueAttribute>().Select(u => $"UNIQUE ({List(ColumnsOf(u.Value.Properties, u.Column))})"));
        parts.AddRange(Attributes<CheckAttribute>()
            .Select(c => $"{(c.Value.Name is { } name ? $"CONSTRAINT {Q(name)} " : "")}CHECK ({c.Value.Expression})"));
        parts.AddRange(IsSqlite ? Keys() : []);
        return $"CREATE TABLE {Q(Name)} ({string.Join(", ", parts)}){(IsSqlite ? " STRICT" : "")}";
    }

    // On PostgreSQL a parent must be there before its children say so; SQLite knows no such statement and does not mind.
    public IEnumerable<string> References() => IsSqlite ? [] : Keys().Select(k => $"ALTER TABLE {Q(Name)} ADD {k}");

    public IEnumerable<string> Indexes() => Attributes<IndexAttribute>().Select(i =>
    {
        var parts = i.Column is { } own ? [Q(own)] : i.Value.Parts.Select(Part).ToList();
        var words = i.Column is { } column ? [column] : i.Value.Parts.Select(p => string.Concat(p.Where(c => char.IsLetterOrDigit(c) || c == '_')));
        var name = i.Value.Name ?? $"{Name}_{string.Join('_', words)}_idx";
        return $"CREATE {(i.Value.Unique ? "UNIQUE " : "")}INDEX {Q(name)} ON {Q(Name)} ({string.Join(", "
            + $"", parts)}){(i.Value.Where is { } where ? $" WHERE {where}" : "")}";
    });

    public IEnumerable<string> Comments()
    {
        if (IsSqlite)
        {
            yield break;
        }

        if (entity.GetCustomAttribute<DescriptionAttribute>() is { } table)
        {
            yield return $"COMMENT ON TABLE {Q(Name)} IS {Literal(table.Description)}";
        }

        foreach (var column in Columns)
        {
            if (column.MemberInfo.GetCustomAttribute<DescriptionAttribute>() is { } said)
            {
                yield return $"COMMENT ON COLUMN {Q(Name)}.{Q(column.ColumnName)} IS {Literal(said.Description)}";
            }
        }
    }

    private string Column(ColumnDescriptor column)
    {
        var member = column.MemberInfo;
        var text = $"{Q(column.ColumnName)} {ColumnTypeMap.Of(kind, column)}";
        text += member.GetCustomAttribute<CollationAttribute>() is { } collation ? $" COLLATE {(IsSqlite ? collation.Name : Q(collation.Name))}" : "";
        text += member.GetCustomAttribute<ComputedAttribute>() is { } computed ? $" GENERATED ALWAYS AS ({computed.Sql}) STORED" : "";
        text += member.GetCustomAttribute<DefaultAttribute>() is { } value ? $" DEFAULT ({value.Sql})" : "";
        if (column.IsIdentity)
        {
            return text + (!IsSqlite ? " GENERATED BY DEFAULT AS IDENTITY NOT NULL" : Key is [var only] && only == column
                ? " PRIMARY KEY AUTOINCREMENT"
                : throw new SchemaException($"{entity.Name}.{column.MemberName}: SQLite numbers nothing but the primary key."));
        }

        return text + (column.CanBeNull && !column.IsPrimaryKey ? "" : " NOT NULL");
    }

    private IEnumerable<string> Keys() => Attributes<ReferencesAttribute>().Select(r =>
    {
        var parent = new MappedTable(kind, mappings, r.Value.Parent);
        return $"FOREIGN KEY ({List(ColumnsOf(r.Value.Properties, r.Column))}) REFERENCES {Q(parent.Name)} "
            + $"({List(parent.Key.Select(c => c.ColumnName))})"
            + $"{Action("DELETE", r.Value.OnDelete)}{Action("UPDATE", r.Value.OnUpdate)}{(r.Value.Deferred ? " DEFERRABLE INITIALLY DEFERRED" : "")}";
    });

    private static string Action(string when, ReferentialAction action) => action switch
    {
        ReferentialAction.Restrict => $" ON {when} RESTRICT",
        ReferentialAction.Cascade => $" ON {when} CASCADE",
        ReferentialAction.SetNull => $" ON {when} SET NULL",
        ReferentialAction.SetDefault => $" ON {when} SET DEFAULT",
        _ => "",
    };

    private string Part(string part)
    {
        var (name, order) = part.EndsWith(" DESC", StringComparison.OrdinalIgnoreCase) ? (part[..^5], " DESC") : (part, "");
        return Find(name) is { } column ? Q(column) + order : part;
    }

    private IEnumerable<string> ColumnsOf(IReadOnlyList<string> properties, string? own) => own is not null
        ? [own]
        : properties.Select(p => Find(p) ?? throw new SchemaException($"{entity.Name} has no mapped property {p}."));

    private string? Find(string property) => Columns.FirstOrDefault(c => c.MemberName == property)?.ColumnName;

    // Those of the class, and those of its properties with their column.
    private IEnumerable<(T Value, string? Column)> Attributes<T>()
        where T : Attribute =>
        entity.GetCustomAttributes<T>().Select(a => (a, (string?)null))
            .Concat(Columns.SelectMany(c => c.MemberInfo.GetCustomAttributes<T>().Select(a => (a, (string?)c.ColumnName))));

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(Q));

    private static string Q(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
