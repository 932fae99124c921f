using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Actors.Restarts;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;
using Orchestrator.Protocol.Migrations;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Serialization;

/// <summary>
/// Stored bytes to events and back: JSON by source-generated code, named by <see cref="EventManifest"/>. No type name ever reaches the journal.
/// </summary>
public static class EventCodec
{
    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName =
        EventManifest.Names.Append(KeyValuePair.Create(typeof(TaskSnapshot), TaskSnapshot.StoredName))
            .Append(KeyValuePair.Create(typeof(RestartSnapshot), RestartSnapshot.StoredName))
            .ToFrozenDictionary(n => n.Value, n => EventJson.Default.GetTypeInfo(n.Key) ?? throw Unknown(n.Key.Name));

    /// <summary>The stored name of an event or a snapshot.</summary>
    /// <exception cref="NotSupportedException">It has none.</exception>
    public static string Name(object stored) =>
        stored is TaskSnapshot ? TaskSnapshot.StoredName
        : stored is RestartSnapshot ? RestartSnapshot.StoredName
        : EventManifest.Names.TryGetValue(stored.GetType(), out var name) ? name
        : throw Unknown(stored.GetType().Name);

    /// <summary>The stored form of an event or a snapshot.</summary>
    public static byte[] Write(object stored) => JsonSerializer.SerializeToUtf8Bytes(stored, ByName[Name(stored)]);

    /// <summary>What was stored under <paramref name="name"/>.</summary>
    /// <exception cref="NotSupportedException">This build does not know the name: the journal is of a newer version, or damaged.</exception>
    public static object Read(string name, ReadOnlySpan<byte> bytes) => Read(name, bytes, Upcasts.Known);

    /// <summary>The same with other upcasts than those of this build.</summary>
    public static object Read(string name, ReadOnlySpan<byte> bytes, Upcasts upcasts)
    {
        if (upcasts.IsOld(name))
        {
            return Read(upcasts.Name(name), upcasts.Lift(name, bytes), upcasts);
        }

        return ByName.TryGetValue(name, out var type)
            ? JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException($"What is stored as '{name}' is null.")
            : throw Unknown(name);
    }

    private static NotSupportedException Unknown(string name) =>
        new($"'{name}' is not an event that this build knows (EventManifest). A newer version wrote it, or the journal is damaged.");
}

/// <summary>The shapes that are stored, compiled ahead.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters =
    [
        typeof(CommandIdConverter), typeof(TaskIdConverter), typeof(SessionIdConverter), typeof(ArtifactIdConverter), typeof(ClaimTokenConverter),
        typeof(DecisionIdConverter),
        typeof(SnakeCase<TaskPhase>), typeof(SnakeCase<TaskKind>), typeof(SnakeCase<TaskComplexity>), typeof(SnakeCase<DependencyKind>),
        typeof(SnakeCase<NextAction>), typeof(SnakeCase<ArtifactKind>), typeof(SnakeCase<AttributeKind>), typeof(SnakeCase<GateRequirement>),
        typeof(SnakeCase<FileChange>), typeof(SnakeCase<DeadlineStage>), typeof(SnakeCase<ConsequenceKind>), typeof(SnakeCase<ArchiveCause>),
        typeof(KeyIdConverter), typeof(SnakeCase<RestartPhase>), typeof(RuleIdConverter), typeof(SnakeCase<RuleTrigger>),
        typeof(SnakeCase<RuleMode>), typeof(SnakeCase<WindowWork>), typeof(SnakeCase<WindowOutcome>),
    ])]
[JsonSerializable(typeof(TaskEvents.Planned))]
[JsonSerializable(typeof(TaskEvents.SubtasksAdded))]
[JsonSerializable(typeof(TaskEvents.SubtasksCreated))]
[JsonSerializable(typeof(TaskEvents.Claimed))]
[JsonSerializable(typeof(TaskEvents.ClaimRenewed))]
[JsonSerializable(typeof(TaskEvents.ClaimReleased))]
[JsonSerializable(typeof(TaskEvents.ClaimLost))]
[JsonSerializable(typeof(TaskEvents.DeadlineApproached))]
[JsonSerializable(typeof(TaskEvents.DeadlinePassed))]
[JsonSerializable(typeof(TaskEvents.StatusChanged))]
[JsonSerializable(typeof(TaskEvents.Edited))]
[JsonSerializable(typeof(TaskEvents.Noted))]
[JsonSerializable(typeof(TaskEvents.Progressed))]
[JsonSerializable(typeof(TaskEvents.WorkStored))]
[JsonSerializable(typeof(TaskEvents.ConsequencesDue))]
[JsonSerializable(typeof(TaskEvents.ConsequencesDone))]
[JsonSerializable(typeof(TaskEvents.DependencyWaived))]
[JsonSerializable(typeof(TaskEvents.AttributesChanged))]
[JsonSerializable(typeof(TaskEvents.GatesSet))]
[JsonSerializable(typeof(TaskEvents.DecisionRecorded))]
[JsonSerializable(typeof(TaskEvents.FilesRecorded))]
[JsonSerializable(typeof(TaskEvents.Archived))]
[JsonSerializable(typeof(TaskEvents.WorkDiscarded))]
[JsonSerializable(typeof(TaskEvents.Deleted))]
[JsonSerializable(typeof(SessionEvents.Opened))]
[JsonSerializable(typeof(SessionEvents.Resumed))]
[JsonSerializable(typeof(SessionEvents.Closed))]
[JsonSerializable(typeof(MigrationEvents.Adopted))]
[JsonSerializable(typeof(MigrationEvents.Applied))]
[JsonSerializable(typeof(MigrationEvents.Failed))]
[JsonSerializable(typeof(MigrationEvents.TakenBack))]
[JsonSerializable(typeof(KeyEvents.Begun))]
[JsonSerializable(typeof(KeyEvents.Recorded))]
[JsonSerializable(typeof(KeyEvents.Freed))]
[JsonSerializable(typeof(RestartEvents.Requested), TypeInfoPropertyName = "RestartRequested")]
[JsonSerializable(typeof(RestartEvents.Joined), TypeInfoPropertyName = "RestartJoined")]
[JsonSerializable(typeof(RestartEvents.SuccessorStarted), TypeInfoPropertyName = "RestartSuccessorStarted")]
[JsonSerializable(typeof(RestartEvents.SuccessorProved), TypeInfoPropertyName = "RestartSuccessorProved")]
[JsonSerializable(typeof(RestartEvents.DrainingBegan), TypeInfoPropertyName = "RestartDrainingBegan")]
[JsonSerializable(typeof(RestartEvents.WorkSuspended), TypeInfoPropertyName = "RestartWorkSuspended")]
[JsonSerializable(typeof(RestartEvents.HandedOver), TypeInfoPropertyName = "RestartHandedOver")]
[JsonSerializable(typeof(RestartEvents.Served), TypeInfoPropertyName = "RestartServed")]
[JsonSerializable(typeof(RestartEvents.Completed), TypeInfoPropertyName = "RestartCompleted")]
[JsonSerializable(typeof(RestartEvents.Failed), TypeInfoPropertyName = "RestartFailed")]
[JsonSerializable(typeof(RestartEvents.RolledBack), TypeInfoPropertyName = "RestartRolledBack")]
[JsonSerializable(typeof(WindowEvents.Asked), TypeInfoPropertyName = "WindowAsked")]
[JsonSerializable(typeof(WindowEvents.Ran), TypeInfoPropertyName = "WindowRan")]
[JsonSerializable(typeof(WindowEvents.CutOff), TypeInfoPropertyName = "WindowCutOff")]
[JsonSerializable(typeof(RuleEvents.Created), TypeInfoPropertyName = "RuleCreated")]
[JsonSerializable(typeof(RuleEvents.Deleted), TypeInfoPropertyName = "RuleDeleted")]
[JsonSerializable(typeof(RuleEvents.Fired), TypeInfoPropertyName = "RuleFired")]
[JsonSerializable(typeof(RuleEvents.Settled), TypeInfoPropertyName = "RuleSettled")]
[JsonSerializable(typeof(RuleEvents.Advanced), TypeInfoPropertyName = "RulesAdvanced")]
[JsonSerializable(typeof(TaskSnapshot))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(RestartSnapshot))]
internal sealed partial class EventJson : JsonSerializerContext;

internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
