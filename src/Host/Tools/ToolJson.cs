using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>The results of the tools, compiled ahead. Null members are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(ImportedSubtasksView))]
[JsonSerializable(typeof(TaskPageView))]
[JsonSerializable(typeof(WorkOrderView))]
[JsonSerializable(typeof(UpdateView))]
[JsonSerializable(typeof(CompletionView))]
[JsonSerializable(typeof(ArtifactTextView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(ClosedStatusView))]
[JsonSerializable(typeof(SynthesisView))]
[JsonSerializable(typeof(WatchView))]
[JsonSerializable(typeof(CancellationView))]
[JsonSerializable(typeof(RemovalView))]
[JsonSerializable(typeof(RestorationView))]
[JsonSerializable(typeof(HistoryView))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(RecordedDecisionView))]
[JsonSerializable(typeof(DecisionPageView))]
[JsonSerializable(typeof(TrackedFilesView))]
[JsonSerializable(typeof(VerificationView))]
[JsonSerializable(typeof(SessionPageView))]
[JsonSerializable(typeof(SessionStatusView))]
[JsonSerializable(typeof(SessionCleanupView))]
[JsonSerializable(typeof(ResumedSessionView))]
[JsonSerializable(typeof(MaintenanceView))]
[JsonSerializable(typeof(RestartView))]
[JsonSerializable(typeof(RestartStatusView))]
[JsonSerializable(typeof(RebuildView))]
[JsonSerializable(typeof(LinksView))]
[JsonSerializable(typeof(ReadinessView))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(ReconnectView))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    /// <summary>How many characters of JSON a task's view takes; pages are capped by it.</summary>
    public static int Size(TaskView view) => JsonSerializer.SerializeToUtf8Bytes(view, Default.TaskView).Length;
}

/// <summary>Times to the second, in UTC: finer ones cost characters and help nobody.</summary>
internal sealed class SecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
