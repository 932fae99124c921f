using Orchestrator.Front;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Host.Clients;

/// <summary>Our entry in a YAML configuration: an item of the list <c>mcpServers</c> whose name is ours.</summary>
internal sealed class YamlConfig(KnownClient client) : ConfigText
{
    /// <inheritdoc/>
    public override BackendCommand? Read(string text) => Entry(Root(text)) is not { } entry ? null : new BackendCommand(
        (Child(entry, "command") as YamlScalarNode)?.Value ?? "",
        Child(entry, "args") is YamlSequenceNode args ? [.. args.OfType<YamlScalarNode>().Select(a => a.Value ?? "")] : []);

    /// <inheritdoc/>
    public override string? Raw(string text)
    {
        if (Entry(Root(text)) is not { } entry)
        {
            return null;
        }

        var (start, end) = Lines(text, entry);
        return text[start..end];
    }

    /// <inheritdoc/>
    public override string Set(string text, BackendCommand command)
    {
        var newLine = NewLine(text);
        if (string.IsNullOrWhiteSpace(text))
        {
            text = $"name: Assistant{newLine}version: 1.0.0{newLine}schema: v1{newLine}";
        }

        var root = Root(text);
        if (Same(Read(text), command))
        {
            return text;
        }

        if (Entry(root) is { } entry)
        {
            var (start, end) = Lines(text, entry);
            return Checked(text, text[..start] + Item(IndentAt(text, start), command, newLine, Rest(text, entry)) + text[end..], command);
        }

        var servers = Child(root, client.Container);
        switch (servers)
        {
            case null:
                var gap = text.EndsWith('\n') ? "" : newLine;
                return Checked(text, $"{text}{gap}{client.Container}:{newLine}{Item("  ", command, newLine, "")}", command);
            case YamlSequenceNode { Style: not SequenceStyle.Flow, Children: [var first, ..] }:
                var line = LineStart(text, At(first.Start));
                return Checked(text, text[..line] + Item(IndentAt(text, line), command, newLine, "") + text[line..], command);
            case YamlSequenceNode { Children.Count: 0 } or YamlScalarNode { Value: null or "" or "~" or "null" }:
                var end = text.IndexOf('\n', At(servers.End));
                var (head, tail) = end < 0 ? (text, "") : (text[..end].TrimEnd('\r'), text[(end + 1)..]);
                head = head[..At(servers.Start)].TrimEnd() + head[Math.Min(head.Length, At(servers.End))..];
                return Checked(text, $"{head}{newLine}{Item("  ", command, newLine, "")}{tail}", command);
            default:
                throw new ConfigRefusedException(
                    $"'{client.Container}' is not a list with one entry to a line.",
                        "Write it as a list with '- name: ...', then repeat the command.");
        }
    }

    /// <inheritdoc/>
    public override string Remove(string text, string? previous)
    {
        var root = Root(text);
        if (Entry(root) is not { } entry)
        {
            return text;
        }

        var (start, end) = Lines(text, entry);
        if (previous is not null)
        {
            return text[..start] + previous + text[end..];
        }

        if (((YamlSequenceNode)Child(root, client.Container)!).Children.Count > 1)
        {
            return text[..start] + text[end..];
        }

        var key = root.Children.Keys.OfType<YamlScalarNode>().Single(k => k.Value == client.Container);
        var colon = text.IndexOf(':', At(key.End));
        return text[..(colon + 1)] + " []" + text[(colon + 1)..start] + text[end..];
    }

    private string Checked(string before, string after, BackendCommand command) =>
        Same(Read(after), command) && Others(Root(before), true) == Others(Root(after), true)
            ? after
            : throw new InvalidOperationException($"The edit of {client.Name}'s configuration would have changed more than our entry.");

    private string Others(YamlNode node, bool isRoot) => node switch
    {
        YamlMappingNode map => "{" + string.Join(',', map.Children
            .Where(c => !isRoot || Text(c.Key) != client.Container || c.Value is YamlSequenceNode { Children.Count: > 0 })
            .Select(c => (Key: Others(c.Key, false), Value: isRoot && Text(c.Key) == client.Container ? Without((YamlSequenceNode)c.Value)
                : Others(c.Value, false)))
            .Where(c => c.Value != "[]" || !isRoot).Select(c => $"{c.Key}:{c.Value}")) + "}",
        YamlSequenceNode list => "[" + string.Join(',', list.Children.Select(i => Others(i, false))) + "]",
        _ => $"{Text(node)?.Length}:{Text(node)}",
    };

    private string Without(YamlSequenceNode servers) =>
        "[" + string.Join(',', servers.Children.Where(i => !IsOurs(i)).Select(i => Others(i, false))) + "]";

    private YamlMappingNode? Entry(YamlMappingNode root) =>
        Child(root, client.Container) is YamlSequenceNode servers ? servers.Children.FirstOrDefault(IsOurs) as YamlMappingNode : null;

    private static bool IsOurs(YamlNode item) => item is YamlMappingNode map && Text(Child(map, "name")) == EntryName;

    private static string Item(string indent, BackendCommand command, string newLine, string rest)
    {
        var args = string.Join(", ", command.Arguments.Select(Quote));
        return $"{indent}- name: {EntryName}{newLine}{indent}  command: {Quote(command.Executable)}{newLine}{indent}  args: [{args}]{newLine}{rest}";
    }

    // The lines of an entry that hold neither its name nor its command.
    private static string Rest(string text, YamlMappingNode entry) => string.Concat(entry.Children
        .Where(c => Text(c.Key) is not ("name" or "command" or "args")).Select(c =>
        {
            var indent = IndentAt(text, LineStart(text, At(entry.Start)));
            var end = text.IndexOf('\n', Math.Max(Last(c.Value) - 1, At(c.Key.End)));
            return $"{indent}  {text[At(c.Key.Start)..(end < 0 ? text.Length : end + 1)]}";
        }));

    private static (int Start, int End) Lines(string text, YamlMappingNode entry)
    {
        if (entry.Style == MappingStyle.Flow)
        {
            throw new ConfigRefusedException($"The entry {EntryName} is written on one line.", "Remove it, then repeat the command.");
        }

        var end = text.IndexOf('\n', Math.Max(Last(entry) - 1, 0));
        return (LineStart(text, At(entry.Start)), end < 0 ? text.Length : end + 1);
    }

    // Where a block ends: its own end mark stands at the next token, behind comments that are not its own.
    private static int Last(YamlNode node) => node switch
    {
        YamlMappingNode { Style: not MappingStyle.Flow, Children.Count: > 0 } map => map.Children.Max(c => Math.Max(At(c.Key.End), Last(c.Value))),
        YamlSequenceNode { Style: not SequenceStyle.Flow, Children.Count: > 0 } list => list.Children.Max(Last),
        _ => At(node.End),
    };

    private static YamlNode? Child(YamlMappingNode map, string name) => map.Children.FirstOrDefault(c => Text(c.Key) == name).Value;

    private static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;

    private static int At(Mark mark) => (int)mark.Index;

    private static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static YamlMappingNode Root(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents switch
            {
                [] => [],
                [{ RootNode: YamlMappingNode { Style: not MappingStyle.Flow } root }] => root,
                _ => throw new ConfigRefusedException("It is not one block of 'key: value' lines.", "Correct it, then repeat the command."),
            };
        }
        catch (YamlException e)
        {
            throw new ConfigRefusedException($"It is not valid YAML (line {e.Start.Line}): {e.Message}", "Correct it, then repeat the command.");
        }
    }
}
