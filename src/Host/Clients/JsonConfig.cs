using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Front;

namespace Orchestrator.Host.Clients;

/// <summary>Our entry in a JSON configuration: <c>{"mcpServers": {"orchestrator": {...}}}</c>.</summary>
internal sealed class JsonConfig(KnownClient client) : ConfigText
{
    /// <inheritdoc/>
    public override BackendCommand? Read(string text)
    {
        if (Find(text).Entry is not { } entry)
        {
            return null;
        }

        var command = entry.Value.Member("command")?.Value;
        var words = command is { Kind: JsonTokenType.StartArray } ? Strings(text, command) : [];
        return words is [var program, .. var rest]
            ? new BackendCommand(program, rest)
            : new BackendCommand(
                command is { Kind: JsonTokenType.String } ? String(text, command) : "",
                entry.Value.Member("args")?.Value is { Kind: JsonTokenType.StartArray } args ? Strings(text, args) : []);
    }

    /// <inheritdoc/>
    public override string? Raw(string text) => Find(text).Entry is { } entry ? text[entry.Value.Start..entry.Value.End] : null;

    /// <inheritdoc/>
    public override string Set(string text, BackendCommand command)
    {
        var newLine = NewLine(text);
        if (string.IsNullOrWhiteSpace(text))
        {
            text = $"{{}}{newLine}";
        }

        var (root, container, entry) = Find(text);
        var step = JsonEdit.Step(text, root);
        var members = Members(command);
        string Entry(string indent) => $"\"{EntryName}\": {Object(members, indent, step, newLine)}";
        if (container is null)
        {
            return Checked(text, JsonEdit.Add(text, root, step, newLine, indent =>
                $"\"{client.Container}\": {{{newLine}{indent}{step}{Entry(indent + step)}{newLine}{indent}}}"));
        }

        if (entry is null)
        {
            return Checked(text, JsonEdit.Add(text, container, step, newLine, Entry));
        }

        return Checked(text, members.Aggregate(text, (at, member) => SetMember(at, member.Name, member.Value, step, newLine)));
    }

    /// <inheritdoc/>
    public override string Remove(string text, string? previous)
    {
        var (root, container, entry) = Find(text);
        if (container is null || entry is null)
        {
            return text;
        }

        if (previous is not null)
        {
            return Checked(text, text[..entry.Value.Start] + previous + text[entry.Value.End..]);
        }

        return Checked(text, JsonEdit.Remove(text, container, entry));
    }

    private string SetMember(string text, string name, string value, string step, string newLine)
    {
        var entry = Find(text).Entry!.Value;
        var found = entry.Member(name)?.Value;
        return found is null ? JsonEdit.Add(text, entry, step, newLine, _ => $"\"{name}\": {value}")
            : JsonEqual(text[found.Start..found.End], value) ? text
            : text[..found.Start] + value + text[found.End..];
    }

    private (JsonPlace Root, JsonPlace? Container, JsonMember? Entry) Find(string text)
    {
        var root = string.IsNullOrWhiteSpace(text) ? JsonTree.Parse("{}") : JsonTree.Parse(text);
        var container = Object(root, "It").Member(client.Container)?.Value;
        var entry = container is null ? null : Object(container, $"\"{client.Container}\"").Member(EntryName);
        if (entry is not null)
        {
            Object(entry.Value, $"\"{EntryName}\"");
        }

        return (root, container, entry);
    }

    private static JsonPlace Object(JsonPlace place, string what) => place.Kind == JsonTokenType.StartObject
        ? place
        : throw new ConfigRefusedException($"{what} is not a JSON object.", "Correct it, then repeat the command.");

    private List<(string Name, string Value)> Members(BackendCommand command)
    {
        var args = $"[{string.Join(", ", command.Arguments.Select(Quote))}]";
        return client.Shape switch
        {
            EntryShape.Stdio => [("type", "\"stdio\""), ("command", Quote(command.Executable)), ("args", args)],
            EntryShape.Copilot => [("type", "\"local\""), ("command", Quote(command.Executable)), ("args", args), ("tools", "[\"*\"]")],
            EntryShape.OpenCode =>
                [("type", "\"local\""), ("command", $"[{string.Join(", ", command.Arguments.Prepend(command.Executable).Select(Quote))}]"),
                    ("enabled", "true")],
            _ => [("command", Quote(command.Executable)), ("args", args)],
        };
    }

    private static string Object(List<(string Name, string Value)> members, string indent, string step, string newLine) =>
        $"{{{newLine}{string.Join($",{newLine}", members.Select(m => $"{indent}{step}\"{m.Name}\": {m.Value}"))}{newLine}{indent}}}";

    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string String(string text, JsonPlace place)
    {
        using var value = JsonDocument.Parse(text[place.Start..place.End]);
        return value.RootElement.GetString()!;
    }

    private static List<string> Strings(string text, JsonPlace array) =>
        [.. array.Items.Where(i => i.Kind == JsonTokenType.String).Select(i => String(text, i))];

    private static bool JsonEqual(string a, string b)
    {
        var lenient = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        using var left = JsonDocument.Parse(a, lenient);
        using var right = JsonDocument.Parse(b, lenient);
        return JsonElement.DeepEquals(left.RootElement, right.RootElement);
    }

    // What a mistake of ours would do to somebody's settings is worth a second reading: all else must be as it was.
    private string Checked(string before, string after) => Others(before, JsonTree.Parse(before), 0) == Others(after, JsonTree.Parse(after), 0)
        ? after
        : throw new InvalidOperationException($"The edit of {client.Name}'s configuration would have changed more than our entry.");

    // The tree without our entry, as text. Depth 0 is the root, 1 the container of servers, 2 everything else.
    private string Others(string text, JsonPlace place, int depth) => place.Kind switch
    {
        JsonTokenType.StartObject => "{" + string.Join(',', place.Members
            .Where(m => depth != 1 || m.Name != EntryName)
            .Select(m => (m.Name, Value: Others(text, m.Value, depth == 0 && m.Name == client.Container ? 1 : 2)))
            .Where(m => depth != 0 || m.Name != client.Container || m.Value != "{}")
            .Select(m => $"{m.Name.Length}:{m.Name}:{m.Value}")) + "}",
        JsonTokenType.StartArray => "[" + string.Join(',', place.Items.Select(i => Others(text, i, 2))) + "]",
        _ => text[place.Start..place.End],
    };
}
