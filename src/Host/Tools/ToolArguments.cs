using System.Globalization;
using System.Text.Json;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>
/// The arguments of a call, each read by name and held against its type and limits. Whatever is wrong becomes a
/// <see cref="RefusalCode.ValidationFailed"/> that names the argument, and so does an argument that the tool does not know: to ignore it would
/// be to pretend that it had an effect.
/// </summary>
internal sealed class ToolArguments
{
    private readonly IReadOnlyDictionary<string, JsonElement> _values;
    private readonly string _prefix;
    private readonly HashSet<string> _known = [];

    /// <summary>The arguments of a call.</summary>
    public ToolArguments(IDictionary<string, JsonElement>? values) : this(values?.AsReadOnly() ?? new Dictionary<string, JsonElement>().AsReadOnly(), "")
    {
    }

    private ToolArguments(IReadOnlyDictionary<string, JsonElement> values, string prefix) => (_values, _prefix) = (values, prefix);

    /// <summary>Refuses what nobody asked for. Called before anything is done, when all arguments have been read.</summary>
    public void RefuseUnread()
    {
        if (_values.Keys.FirstOrDefault(k => !_known.Contains(k)) is { } unknown)
        {
            throw Invalid(unknown, "is not an argument here", $"Known are: {string.Join(", ", _known.Order())}.");
        }
    }

    /// <summary>Whether the argument is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The names that are there.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>The value as it came; null when it is not there or null.</summary>
    public JsonElement? Raw(string name) => Find(name);

    /// <summary>Whether the argument is there and a text.</summary>
    public bool IsText(string name) => Find(name) is { ValueKind: JsonValueKind.String };

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string name, int longest, TextRule rule) =>
        Text(name, longest, rule) is { } text && !string.IsNullOrWhiteSpace(text) ? text : throw Invalid(name, "is missing or empty", "Pass a text.");

    /// <summary>A text of at most <paramref name="longest"/> characters.</summary>
    public string? Text(string name, int longest, TextRule rule)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Invalid(name, $"must be a string, not {KindOf(value)}", "Pass it in quotes.");
        }

        return Checked(name, GetString(name, value), longest, rule);
    }

    /// <summary>A whole number between two limits.</summary>
    public int? Number(string name, int least, int most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Invalid(name, $"must be a whole number from {least} to {most}, not {Shown(value)}", "Correct it.");
    }

    /// <summary>True or false.</summary>
    public bool? Flag(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Invalid(name, $"must be true or false, not {Shown(value)}", "Correct it."),
    };

    /// <summary>One of a fixed set of words.</summary>
    public T? Word<T>(string name, Vocabulary<T> words) where T : struct, Enum =>
        Text(name, 100, TextRule.OneLine) is { } text ? ToWord(name, text, words) : null;

    /// <summary>Some of a fixed set of words; a single one may stand without brackets.</summary>
    public IReadOnlyList<T> Words<T>(string name, Vocabulary<T> words) where T : struct, Enum =>
        [.. Texts(name, 100, 100).Select(text => ToWord(name, text, words)).Distinct()];

    /// <summary>Several short texts; a single one may stand without brackets.</summary>
    public IReadOnlyList<string> Texts(string name, int most, int longest)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return [Checked(name, GetString(name, value), longest, TextRule.OneLine)];
        }

        return [.. Elements(name, value, most).Select(e => e.ValueKind == JsonValueKind.String
            ? Checked(name, GetString(name, e), longest, TextRule.OneLine)
            : throw Invalid(name, $"must hold strings, not {KindOf(e)}", "Correct it."))];
    }

    /// <summary>A task's id; one that cannot be an id is a task that does not exist.</summary>
    public TaskId? Task(string name) => Text(name, 200, TextRule.OneLine) is { } text ? ToTask(text) : null;

    /// <summary>A task's id that must be there.</summary>
    public TaskId RequiredTask(string name) => ToTask(RequiredText(name, 200, TextRule.OneLine));

    /// <summary>Several ids of tasks.</summary>
    public IReadOnlyList<TaskId> Tasks(string name, int most) => [.. Texts(name, most, 200).Select(ToTask)];

    /// <summary>A claim's handle.</summary>
    public ClaimToken? Claim(string name) => Text(name, 200, TextRule.OneLine) is { } text ? new ClaimToken(text) : null;

    /// <summary>A point in time, ISO 8601; without an offset it is UTC.</summary>
    public DateTimeOffset? Time(string name) => Text(name, 100, TextRule.OneLine) is { } text
        ? DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && time.Year is > 1970 and < 9999
            ? time
            : throw Invalid(name, $"is no point in time: '{Cut(text)}'", "Write it like 2026-03-01 or 2026-03-01T12:00:00Z.")
        : null;

    /// <summary>A JSON object as text.</summary>
    public string? ObjectText(string name, int longest)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.Object ? value.GetRawText() : throw Invalid(name, $"must be an object, not {KindOf(value)}", "Correct it.");
        return text.Length <= longest ? text : throw Invalid(
                name, $"has {text.Length} characters; at most {longest} are allowed", "Shorten it.");
    }

    /// <summary>An object with arguments of its own.</summary>
    public ToolArguments? Nested(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => Of(value, $"{_prefix}{name}."),
        { } value => throw Invalid(name, $"must be an object, not {KindOf(value)}", "Correct it."),
    };

    /// <summary>A list of objects with arguments of their own.</summary>
    public IReadOnlyList<ToolArguments> NestedList(string name, int most) => Find(name) is { } value
        ? [.. Elements(name, value, most).Select((e, i) => e.ValueKind == JsonValueKind.Object
            ? Of(e, $"{_prefix}{name}[{i}].")
            : throw Invalid(name, $"must hold objects, not {KindOf(e)}", "Correct it."))]
        : [];

    /// <summary>A list of objects, as JSON in a text or as it is.</summary>
    public IReadOnlyList<ToolArguments> ListInText(string name, int most)
    {
        if (!IsText(name))
        {
            return NestedList(name, most);
        }

        try
        {
            using var document = JsonDocument.Parse(Text(name, 4 * 1024 * 1024, TextRule.Work)!);
            var parsed = new ToolArguments(new Dictionary<string, JsonElement> { [name] = document.RootElement.Clone() }, _prefix);
            return parsed.NestedList(name, most);
        }
        catch (JsonException e)
        {
            throw Invalid(name, $"is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})", "Correct it there.");
        }
    }

    /// <summary>
    /// Dependencies: an id or a ref, or an object with task_id and type.
    /// </summary>
    public IReadOnlyList<(string On, DependencyKind Kind)> Dependencies(string name) => Find(name) is { } value
        ? [.. Elements(name, value, TaskLimits.Dependencies).Select((e, i) => e.ValueKind == JsonValueKind.String
            ? (Checked(name, GetString(name, e), 200, TextRule.OneLine), DependencyKind.Completion)
            : e.ValueKind == JsonValueKind.Object
                ? Dependency(Of(e, $"{_prefix}{name}[{i}]."))
                : throw Invalid(name, $"must hold ids of tasks, not {KindOf(e)}", "Correct it."))]
        : [];

    /// <summary>The refusal of one argument.</summary>
    public RefusedException Invalid(string name, string what, string nextStep) =>
        new(new Refusal(RefusalCode.ValidationFailed, $"{_prefix}{name} {what}.", nextStep));

    /// <summary>An id of a task in its right form.</summary>
    public static TaskId ToTask(string text) =>
        text.Length == 18 && text.StartsWith("task_", StringComparison.Ordinal) && text.AsSpan(5).IndexOfAnyExcept(IdCharacters) < 0
            ? new TaskId(text)
            : throw new RefusedException(ToolCall.NoSuchTask($"'{Cut(text)}'"));

    private static readonly System.Buffers.SearchValues<char> IdCharacters = System.Buffers.SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    private static (string, DependencyKind) Dependency(ToolArguments inner)
    {
        var result = (inner.RequiredText("task_id", 200, TextRule.OneLine), inner.Word("type", Vocabulary.DependencyKinds) ?? DependencyKind.Completion);
        inner.RefuseUnread();
        return result;
    }

    private static ToolArguments Of(JsonElement value, string prefix)
    {
        var values = new Dictionary<string, JsonElement>();
        foreach (var member in value.EnumerateObject())
        {
            values[member.Name] = member.Value;
        }

        return new ToolArguments(values, prefix);
    }

    private JsonElement? Find(string name)
    {
        _known.Add(name);
        return _values.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private List<JsonElement> Elements(string name, JsonElement value, int most)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Invalid(name, $"must be a list, not {KindOf(value)}", "Put it in brackets.");
        }

        var count = value.GetArrayLength();
        return count <= most ? [.. value.EnumerateArray()] : throw Invalid(name, $"has {count} entries; at most {most} are allowed", "Split the call.");
    }

    private T ToWord<T>(string name, string text, Vocabulary<T> words) where T : struct, Enum =>
        words.TryParse(text, out var word) ? word : throw Invalid(name, $"'{Cut(text)}' is not one of {words.All}", "Use one of these.");

    private string GetString(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Invalid(name, "is not valid text: it holds invalid UTF-8 or half of a surrogate pair", "Send valid UTF-8.");
        }
    }

    private string Checked(string name, string text, int longest, TextRule rule)
    {
        if (text.Length > longest)
        {
            throw Invalid(
                name, $"has {text.Length} characters; at most {longest} are allowed",
                "Shorten it; long results belong into orchestrator_complete_task.");
        }

        return rule.FirstForbidden(text) is { } at
            ? throw Invalid(
                name,
                $"holds the character U+{(int)text[at]:X4} at position {at}, which is invisible, changes how text is shown, or stands for damaged text",
                "Remove it.")
            : text;
    }

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        _ => "null",
    };

    private static string Shown(JsonElement value) => value.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? KindOf(value) : Cut(value.GetRawText());

    private static string Cut(string text) => text.Length <= 40 ? text : $"{text[..40]}...";
}
