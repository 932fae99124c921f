using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Actors.Serialization;

/// <summary>An id is stored as the plain text that a person sees.</summary>
internal abstract class IdConverter<T>(Func<string, T> parse) : JsonConverter<T>
    where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString() ?? throw new JsonException($"A {typeof(T).Name} is null."));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

internal sealed class CommandIdConverter() : IdConverter<CommandId>(CommandId.Parse);

internal sealed class TaskIdConverter() : IdConverter<TaskId>(text => new TaskId(text));

internal sealed class SessionIdConverter() : IdConverter<SessionId>(text => new SessionId(text));

internal sealed class ArtifactIdConverter() : IdConverter<ArtifactId>(text => new ArtifactId(text));

internal sealed class DecisionIdConverter() : IdConverter<DecisionId>(text => new DecisionId(text));

internal sealed class RuleIdConverter() : IdConverter<RuleId>(text => new RuleId(text));

internal sealed class KeyIdConverter() : IdConverter<KeyId>(text => new KeyId(text));

internal sealed class ClaimTokenConverter() : IdConverter<ClaimToken>(text => new ClaimToken(text));
