using System.Globalization;
using System.Text.Json;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Rules;

/// <summary>What a condition can ask for: the task as it was right after the event, and the event.</summary>
public sealed class RuleFacts
{
    private const string Context = "context.";

    private static readonly string[] Fields =
    [
        "event_type", "task_id", "title", "description", "status", "old_status", "task_type", "specialist_type", "complexity", "priority", "progress",
        "effort", "reason", "worker", "by", "parent_task_id", "session_id", "created_by", "due_date", "subtasks", "artifacts", "lost_leases", "hour", "weekday",
    ];

    // What texts of a rule may ask for.
    private static readonly Dictionary<string, string> Placeholders = new()
    {
        ["source_task_id"] = "task_id",
        ["source_title"] = "title",
        ["source_parent_id"] = "parent_task_id",
        ["event_type"] = "event_type",
        ["timestamp"] = "timestamp",
        ["old_status"] = "old_status",
        ["new_status"] = "status",
        ["reason"] = "reason",
        ["worker"] = "worker",
        ["specialist_type"] = "specialist_type",
        ["priority"] = "priority",
        ["due_date"] = "due",
        ["rule_name"] = "rule_name",
    };

    private readonly Dictionary<string, string> _values;

    private RuleFacts(Dictionary<string, string> values) => _values = values;

    /// <summary>All fields, for messages.</summary>
    public static string AllFields => $"{string.Join(", ", Fields)}, {Context}<name>";

    /// <summary>All placeholders, for messages.</summary>
    public static string AllPlaceholders => string.Join(", ", Placeholders.Keys);

    /// <summary>Whether there is such a field.</summary>
    public static bool IsField(string name) => Fields.Contains(name) || name.StartsWith(Context, StringComparison.Ordinal);

    /// <summary>Whether there is such a placeholder.</summary>
    public static bool IsPlaceholder(string name) => Placeholders.ContainsKey(name);

    /// <summary>The value of a field.</summary>
    public string? Find(string field) => _values.GetValueOrDefault(field);

    /// <summary>The value of a placeholder; empty where the event has none.</summary>
    public string? Fill(string placeholder) => Placeholders.TryGetValue(placeholder, out var field) ? Find(field) ?? "" : null;

    /// <summary>The same facts for one rule.</summary>
    public RuleFacts For(RuleDefinition rule) => new(new Dictionary<string, string>(_values) { ["rule_name"] = rule.Name });

    /// <summary>The facts of an event; <paramref name="task"/> is the task right after it.</summary>
    public static RuleFacts Of(RuleTrigger trigger, ITaskEvent e, TaskState task)
    {
        var definition = task.Definition ?? throw new InvalidOperationException($"Task {task.Id} does not exist.");
        var values = new Dictionary<string, string>();
        Set("event_type", Word(trigger));
        Set("task_id", task.Id.Value);
        Set("title", definition.Title);
        Set("description", definition.Description);
        Set("status", task.Phase.Name());
        Set("old_status", (e as TaskEvents.StatusChanged)?.From.Name());
        Set("task_type", Word(definition.Kind));
        Set("specialist_type", definition.Specialist);
        Set("complexity", Word(definition.Complexity));
        Set("priority", Number(definition.Priority));
        Set("progress", Number(task.Progress));
        Set("effort", definition.Effort);
        Set("reason", (e as TaskEvents.StatusChanged)?.Reason);
        Set("worker", (e as TaskEvents.ClaimLost)?.Worker ?? task.Claim?.Worker);
        Set("by", e.By);
        Set("parent_task_id", task.Parent?.Value);
        Set("session_id", task.Session?.Value);
        Set("created_by", task.CreatedBy);
        Set("due_date", definition.DueAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Set("due", Time(definition.DueAt));
        Set("subtasks", Number(task.Subtasks.Count));
        Set("artifacts", Number(task.Artifacts.Count));
        Set("lost_leases", Number(task.LostLeases));
        Set("hour", Number(e.At.UtcDateTime.Hour));
        Set("weekday", e.At.UtcDateTime.DayOfWeek.ToString().ToLowerInvariant());
        Set("timestamp", Time(e.At));
        if (definition.Context is { } context)
        {
            using var document = JsonDocument.Parse(context);
            Add(values, document.RootElement, Context);
        }

        return new RuleFacts(values);

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                values[name] = value;
            }
        }
    }

    /// <summary>Facts that somebody makes up to try a condition: the members of a task and of an event.</summary>
    public static RuleFacts Sample(params IEnumerable<JsonElement> samples)
    {
        var values = new Dictionary<string, string>();
        foreach (var sample in samples)
        {
            Add(values, sample, "");
        }

        return new RuleFacts(values);
    }

    /// <summary>The name of a value of an enum, as tools and conditions know it.</summary>
    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static void Add(Dictionary<string, string> values, JsonElement json, string prefix)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in json.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            {
                values[prefix + member.Name] = member.Value.ToString() is var text && member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? text.ToLowerInvariant() : text;
            }
            else if (member.Value.ValueKind == JsonValueKind.Object && prefix.Length == 0)
            {
                Add(values, member.Value, member.Name == "context" ? Context : "");   // such as event_data
            }
        }
    }

    private static string? Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
