using System.Globalization;
using System.Text;
using Orchestrator.Front;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Orchestrator.Host.Clients;

/// <summary>Our entry in a TOML configuration: the table <c>[mcp_servers.orchestrator]</c>.</summary>
internal sealed class TomlConfig(KnownClient client) : ConfigText
{
    /// <inheritdoc/>
    public override BackendCommand? Read(string text) => Entry(Model(text)) is not { } entry ? null : new BackendCommand(
        entry.TryGetValue("command", out var command) ? command as string ?? "" : "",
        entry.TryGetValue("args", out var args) && args is TomlArray list ? [.. list.OfType<string>()] : []);

    /// <inheritdoc/>
    public override string? Raw(string text)
    {
        if (Entry(Model(text)) is null)
        {
            return null;
        }

        var (start, end) = Range(OwnTable(text));
        return text[start..end];
    }

    /// <inheritdoc/>
    public override string Set(string text, BackendCommand command)
    {
        var newLine = NewLine(text);
        var args = $"[{string.Join(", ", command.Arguments.Select(Quote))}]";
        if (Same(Read(text), command))
        {
            return text;
        }

        if (Entry(Model(text)) is null)
        {
            var gap = text.Length == 0 ? "" : text.EndsWith('\n') ? newLine : newLine + newLine;
            return Checked(
                $"{text}{gap}[{client.Container}.{EntryName}]{newLine}command = {Quote(command.Executable)}{newLine}args = {args}{newLine}", command);
        }

        return Checked(SetKey(SetKey(text, "args", args, newLine), "command", Quote(command.Executable), newLine), command);
    }

    /// <inheritdoc/>
    public override string Remove(string text, string? previous)
    {
        if (Entry(Model(text)) is null)
        {
            return text;
        }

        var (start, end) = Range(OwnTable(text));
        if (previous is not null)
        {
            return text[..start] + previous + text[end..];
        }

        // Tables within ours, such as its environment, go with it; and so does the blank line that was put before it.
        var before = text[..start];
        var after = text[end..];
        while (SubTable(before + after) is { } inner)
        {
            var (from, to) = Range(inner);
            (before, after) = from < before.Length ? (before[..from] + before[Math.Min(to, before.Length)..], after)
                : (before, (before + after)[..from][before.Length..] + (before + after)[to..]);
        }

        if (after.Length == 0 && before.EndsWith("\n\n", StringComparison.Ordinal))
        {
            before = before[..^1];
        }
        else if (after.Length == 0 && before.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            before = before[..^2];
        }

        Model(before + after);
        return before + after;
    }

    private string SetKey(string text, string key, string value, string newLine)
    {
        var table = OwnTable(text);
        if (table.Items.FirstOrDefault(i => Name(i.Key) is [var only] && only == key) is { Value: { } found })
        {
            return text[..found.Span.Start.Offset] + value + text[(found.Span.End.Offset + 1)..];
        }

        var end = text.IndexOf('\n', table.CloseBracket!.Span.End.Offset);
        return end < 0 ? $"{text}{newLine}{key} = {value}{newLine}" : $"{text[..(end + 1)]}{key} = {value}{newLine}{text[(end + 1)..]}";
    }

    private string Checked(string text, BackendCommand command) => Same(Read(text), command)
        ? text
        : throw new InvalidOperationException($"The edit of {client.Name}'s configuration did not give what was wanted.");

    private TomlTable? Entry(TomlTable model)
    {
        if (!model.TryGetValue(client.Container, out var servers))
        {
            return null;
        }

        if (servers is not TomlTable table)
        {
            throw new ConfigRefusedException($"'{client.Container}' is not a table.", "Correct it, then repeat the command.");
        }

        return !table.TryGetValue(EntryName, out var entry) ? null : entry as TomlTable
            ?? throw new ConfigRefusedException($"'{client.Container}.{EntryName}' is not a table.", "Correct it, then repeat the command.");
    }

    private TableSyntaxBase OwnTable(string text) =>
        SyntaxParser.Parse(text).Tables.FirstOrDefault(t => Name(t.Name) is [var first, EntryName] && first == client.Container)
        ?? throw new ConfigRefusedException(
            $"'{client.Container}.{EntryName}' is not written as a table of its own.",
            $"Write it as [{client.Container}.{EntryName}], or remove it, then repeat the command.");

    private TableSyntaxBase? SubTable(string text) =>
        SyntaxParser.Parse(text).Tables.FirstOrDefault(t => Name(t.Name) is [var first, EntryName, _, ..] && first == client.Container);

    // From the bracket to the end of the last line that belongs to the table; comments behind it belong to what follows.
    private static (int Start, int End) Range(TableSyntaxBase table)
    {
        var last = table.Items.LastOrDefault() is { } item ? item.EndOfLineToken as SyntaxNode ?? item.Value : table.EndOfLineToken as SyntaxNode
            ?? table.CloseBracket;
        return (table.OpenBracket!.Span.Start.Offset, last!.Span.End.Offset + 1);
    }

    private static List<string> Name(KeySyntax? key) =>
        key is null ? [] : [Part(key.Key), .. key.DotKeys.Select(d => Part(d.Key))];

    private static string Part(BareKeyOrStringValueSyntax? part) => part switch
    {
        StringValueSyntax quoted => quoted.Value ?? "",
        BareKeySyntax bare => bare.Key?.Text ?? "",
        _ => "",
    };

    private static TomlTable Model(string text)
    {
        try
        {
            return TomlSerializer.Deserialize<TomlTable>(text) ?? [];
        }
        catch (TomlException e)
        {
            throw new ConfigRefusedException($"It is not valid TOML: {e.Message}", "Correct it, then repeat the command.");
        }
    }

    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                _ when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
