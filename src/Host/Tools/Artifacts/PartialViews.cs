using System.Text.Json.Serialization;
using Orchestrator.Actors.Artifacts;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>How far a work product has come. Offset: where its next piece belongs.</summary>
internal sealed record PartialView(
    string ArtifactId, string TaskId, long Offset, string Sha256, int Pieces, DateTimeOffset LastPiece, string? ArtifactType, string? NextAction,
    string? Summary, string? Tail)
{
    public static PartialView Of(PartialArtifact p, string? tail = null) => new(
        p.ArtifactId.Value, p.Header.TaskId, p.Standing.Bytes, p.Standing.Sha256, p.Standing.Pieces, p.Standing.At, p.Header.Kind, p.Header.Next,
        p.Header.Summary.Length <= 200 ? p.Header.Summary : $"{p.Header.Summary[..200]}...", tail);

    public static PartialView Of(string artifact, string task, PartialStanding s) => new(artifact, task, s.Bytes, s.Sha256, s.Pieces, s.At, null, null, null, null);
}

internal sealed record PartialListView(int Total, IReadOnlyList<PartialView> Partials, IReadOnlyList<string>? Damaged, string? Cursor);

internal sealed record PartialCleanupView(bool DryRun, int Count, IReadOnlyList<PartialView> Partials, bool? More);

/// <summary>The results of the tools for work products in pieces, compiled ahead.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(PartialView))]
[JsonSerializable(typeof(PartialListView))]
[JsonSerializable(typeof(PartialCleanupView))]
internal sealed partial class PartialJson : JsonSerializerContext;
