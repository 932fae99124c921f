using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>Reads constraints, those of a table and those within a column.</summary>
internal static class ConstraintParser
{
    private static readonly Dictionary<string, string> Actions = new() { ["no"] = "no action", ["restrict"] = "restrict", ["cascade"] = "cascade" };

    public static void OfTable(TokenReader item, TableDraft draft)
    {
        var start = item.Position;
        var name = item.Take("constraint") ? item.Name() : null;
        if (item.Is("primary", "key"))
        {
            item.Position += 2;
            var (parts, columns, _) = KeyParts(item, draft);
            var shape = $"{parts}{Conflict(item)}";
            draft.Constraints.Add(new PrimaryKey(shape, name, item.Raw((start, item.Position)), null, columns));
        }
        else if (item.Take("unique"))
        {
            var (parts, columns, sql) = KeyParts(item, draft);
            var shape = $"{parts}{Conflict(item)}";
            draft.Constraints.Add(new UniqueKey(shape, name, item.Raw((start, item.Position)), null, columns, sql));
        }
        else if (item.Is("check"))
        {
            draft.Constraints.Add(CheckHere(item, start, name, null));
        }
        else if (item.Is("foreign", "key"))
        {
            item.Position += 2;
            var columns = Names(item);
            draft.Constraints.Add(Reference(item, start, name, null, columns));
        }
        else if (name is null || item.Next() is var _)
        {
            throw new FormatException($"an unknown constraint at '{item.Sql[item.Current.Start..]}'");
        }
    }

    public static Column OfColumn(TokenReader item, Column column, int start, string? name, TableDraft draft)
    {
        if (item.Is("primary", "key"))
        {
            item.Position += 2;
            draft.InlineDescendingKey = !item.Take("asc") && item.Take("desc");
            var conflict = Conflict(item);
            draft.AutoIncrement |= item.Take("autoincrement");
            var shape = $"{SqlTokens.Fold(column.Name)}\t\n{conflict}";
            draft.Constraints.Add(new PrimaryKey(shape, name, item.Raw((start, item.Position)), column.Name, [column.Name]));
        }
        else if (item.Take("unique"))
        {
            var shape = $"{SqlTokens.Fold(column.Name)}\t\n{Conflict(item)}";
            string[] parts = [SqlTokens.Quote(column.Name)];
            draft.Constraints.Add(new UniqueKey(shape, name, item.Raw((start, item.Position)), column.Name, [column.Name], parts));
        }
        else if (item.Is("check"))
        {
            draft.Constraints.Add(CheckHere(item, start, name, column.Name));
        }
        else if (item.Is("references"))
        {
            draft.Constraints.Add(Reference(item, start, name, column.Name, [column.Name]));
        }
        else if (!Deferrable(item, out _))
        {
            throw new FormatException($"column {column.Name}: '{item.Sql[item.Current.Start..]}' is not understood");
        }

        return column;
    }

    public static string? Conflict(TokenReader item)
    {
        if (!item.Is("on", "conflict"))
        {
            return null;
        }

        item.Position += 2;
        var action = item.Next().Text;
        return action == "abort" ? null : action;
    }

    private static Check CheckHere(TokenReader item, int start, string? name, string? ofColumn)
    {
        item.Need("check");
        var range = item.Bracket();
        var shape = $"check {item.Canonical(range)}";
        var expression = item.Raw(range);
        Conflict(item);
        return new Check(shape, name, item.Raw((start, item.Position)), ofColumn, [], expression);
    }

    private static (string Shape, IReadOnlyList<string> Columns, IReadOnlyList<string> Sql) KeyParts(TokenReader item, TableDraft draft)
    {
        var (shape, columns, sql) = ("", new List<string>(), new List<string>());
        foreach (var range in item.Parts(item.Bracket()))
        {
            var part = item.Within(range);
            var name = part.Name();
            var collation = part.Take("collate") ? SqlTokens.Fold(part.Name()) : "";
            _ = part.Take("asc") || part.Take("desc");
            draft.AutoIncrement |= part.Take("autoincrement");
            shape += $"{SqlTokens.Fold(name)}\t{collation}\n";
            columns.Add(name);
            sql.Add(SqlTokens.Quote(name) + (collation.Length > 0 ? $" COLLATE {SqlTokens.Quote(collation)}" : ""));
        }

        return (shape, columns, sql);
    }

    private static List<string> Names(TokenReader item) =>
        item.Parts(item.Bracket()).ConvertAll(range => item.Within(range).Name());

    private static ForeignKey Reference(TokenReader item, int start, string? name, string? ofColumn, IReadOnlyList<string> columns)
    {
        item.Need("references");
        var parent = item.Name();
        IReadOnlyList<string> parentColumns = item.Is("(") ? Names(item) : [];
        var (onDelete, onUpdate, deferred) = ("no action", "no action", false);
        while (!item.AtEnd)
        {
            if (item.Is("on", "delete") || item.Is("on", "update"))
            {
                item.Next();
                var isDelete = item.Next().Text == "delete";
                var action = Action(item);
                (onDelete, onUpdate) = isDelete ? (action, onUpdate) : (onDelete, action);
            }
            else if (item.Take("match"))
            {
                item.Next();   // SQLite reads it and does nothing with it
            }
            else if (!Deferrable(item, out deferred))
            {
                break;
            }
        }

        var shape = ForeignKeyShape(columns, parent, parentColumns, $"delete {onDelete}, update {onUpdate}{(deferred ? ", deferred" : "")}");
        return new ForeignKey(shape, name, item.Raw((start, item.Position)), ofColumn, columns, parent, parentColumns);
    }

    internal static string ForeignKeyShape(IEnumerable<string> columns, string parent, IEnumerable<string> parentColumns, string rest) =>
        $"foreign key ({string.Join(", ", columns.Select(SqlTokens.Fold))}) of {SqlTokens.Fold(parent)} "
        + $"({string.Join(", ", parentColumns.Select(SqlTokens.Fold))}) {rest}";

    private static string Action(TokenReader item)
    {
        var word = item.Next().Text;
        if (word is "set")
        {
            return $"set {item.Next().Text}";
        }

        _ = word == "no" && item.Take("action");
        return Actions[word];
    }

    private static bool Deferrable(TokenReader item, out bool deferred)
    {
        var not = item.Is("not", "deferrable");
        item.Position += not ? 1 : 0;
        deferred = false;
        if (!item.Take("deferrable"))
        {
            return false;
        }

        if (item.Take("initially"))
        {
            deferred = item.Next().Text == "deferred" && !not;
        }

        return true;
    }
}
