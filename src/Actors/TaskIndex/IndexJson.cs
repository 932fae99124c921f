using System.Text.Json.Serialization;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>The few lists that a column holds as JSON, compiled ahead.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class IndexJson : JsonSerializerContext;
