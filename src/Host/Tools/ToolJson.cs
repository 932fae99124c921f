using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>The results of the tools, compiled ahead. Null members are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(TaskPageView))]
[JsonSerializable(typeof(WorkOrderView))]
[JsonSerializable(typeof(UpdateView))]
[JsonSerializable(typeof(CompletionView))]
[JsonSerializable(typeof(ArtifactTextView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(SynthesisView))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    /// <summary>How many characters of JSON a task's view takes; pages are capped by it.</summary>
    public static int Size(TaskView view) => JsonSerializer.SerializeToUtf8Bytes(view, Default.TaskView).Length;
}
