using System.Text.Json;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>What a schema cannot say: where a name came from, and what may become of the rows.</summary>
public sealed record SchemaHints
{
    /// <summary>Nothing is said.</summary>
    public static SchemaHints None { get; } = new();

    /// <summary>Names that changed. One whose source is gone is ignored.</summary>
    public IReadOnlyList<Rename> Renames { get; init; } = [];

    /// <summary>What fills a new or newly NOT NULL column: an expression over the old row.</summary>
    public IReadOnlyList<ColumnExpression> Backfill { get; init; } = [];

    /// <summary>What becomes of a column's values: an expression over the old row.</summary>
    public IReadOnlyList<ColumnExpression> Convert { get; init; } = [];

    /// <summary>Whether columns that are no longer wanted may go, with what they hold.</summary>
    public bool AllowDestructive { get; init; }

    /// <summary>Tables that may go, with what they hold.</summary>
    public IReadOnlyList<string> DropTables { get; init; } = [];

    /// <summary>Reads a hints file: every key may be missing.</summary>
    /// <param name="json">Its text.</param>
    /// <exception cref="SchemaException">It is not understood.</exception>
    public static SchemaHints Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json,
                new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var root = document.RootElement;
            return new SchemaHints
            {
                Renames = Items(root, "renames", r => new Rename(Kind(Text(r, "kind")), Text(r, "table"), Text(r, "from"), Text(r, "to"))),
                Backfill = Items(root, "backfill", Expression),
                Convert = Items(root, "convert", Expression),
                AllowDestructive = root.TryGetProperty("allow_destructive", out var allow) && allow.ValueKind != JsonValueKind.Null
                    && allow.GetBoolean(),
                DropTables = Items(root, "drop_tables", t => t.GetString() ?? ""),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SchemaException($"The hints are not understood: {e.Message}", e);
        }
    }

    private static List<T> Items<T>(JsonElement root, string key, Func<JsonElement, T> read) =>
        root.TryGetProperty(key, out var list) && list.ValueKind != JsonValueKind.Null ? [.. list.EnumerateArray().Select(read)] : [];

    private static ColumnExpression Expression(JsonElement item) => new(Text(item, "table"), Text(item, "column"), Text(item, "sql"));

    private static RenameKind Kind(string kind) => kind switch
    {
        "column" or "" => RenameKind.Column,
        "table" => RenameKind.Table,
        _ => throw new JsonException($"a rename is of a column or a table, not of '{kind}'"),
    };

    private static string Text(JsonElement item, string key) => item.TryGetProperty(key, out var value) ? value.GetString() ?? "" : "";
}

/// <summary>What is renamed.</summary>
public enum RenameKind
{
    /// <summary>A column.</summary>
    Column,

    /// <summary>A table.</summary>
    Table,
}

/// <summary>A declared rename.</summary>
/// <param name="Kind">Of what.</param>
/// <param name="Table">The table of a column, by its new name; not read for a table.</param>
/// <param name="From">The old name.</param>
/// <param name="To">The new name.</param>
public sealed record Rename(RenameKind Kind, string Table, string From, string To);

/// <summary>A declared expression for a column.</summary>
/// <param name="Table">The table, by its new name.</param>
/// <param name="Column">The column, by its new name.</param>
/// <param name="Sql">The expression over the old row.</param>
public sealed record ColumnExpression(string Table, string Column, string Sql);
