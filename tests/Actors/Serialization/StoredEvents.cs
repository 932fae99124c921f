using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;
using Orchestrator.Protocol.Migrations;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Serialization;

/// <summary>Examples of every event with the exact text that is stored for it. A line here is never edited; a new shape gets a new version.</summary>
internal static class StoredEvents
{
    private static readonly TaskId A = new("task_a");
    private static readonly TaskId B = new("task_b");
    private static readonly SessionId Session = new("ses_1");
    private static readonly KeyId Key = new("key_1");
    private static readonly ClaimToken Token = new("clm_1");
    private static readonly CommandId Command = new("0123456789abcdef0123456789abcdef", 7);
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero).AddTicks(1234567);

    private static readonly TaskDefinition Full = new(
        "title", "what", TaskKind.Implementation, TaskComplexity.VeryComplex, "coder", 1, "2 h", At, "{\"a\":1}",
        [new Dependency(B), new Dependency(A, DependencyKind.Related)]);

    private static readonly TaskDefinition Sparse = new("t", "", TaskKind.Standard, TaskComplexity.Moderate, "x", 2, null, null, null, []);

    private static readonly MigrationRecord Bare = new(1, "what was found", null, "0.1.0", "2026-03-01 12:30:00Z", 0, [], null, null);

    private static readonly MigrationRecord Whole = new(
        2, "add column t.a", 3, "0.2.0", "2026-03-01 12:30:00Z", 12, ["add column t.a"], "/b.db", null);

    private static readonly ArtifactReference Artifact = new(
        new ArtifactId("art_1"), ArtifactKind.Documentation, "00ff", 3, "text/plain", "done", ["src/a.cs"]);

    public static readonly IReadOnlyList<(IStoredEvent Event, string Json)> All =
    [
        (new TaskEvents.Planned(A, Command, "w", At, Session, null, null, 0, Full, [new PlannedTask(B, Sparse)]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"session":"ses_1","ordinal":0,"definition":{"title":"title","description":"what","kind":"implementation","complexity":"very_complex"
            ,"specialist":"coder","priority":1,"effort":"2 h","due_at":"2026-03-01T12:30:00.1234567+00:00","context":"{\u0022a\u0022:1}"
            ,"dependencies":[{"on":"task_b","kind":"completion"},{"on":"task_a","kind":"related"}]},"subtasks":[{"task_id":"task_b"
            ,"definition":{"title":"t","description":"","kind":"standard","complexity":"moderate","specialist":"x","priority":2
            ,"dependencies":[]}}]}
            """)),
        (new TaskEvents.Planned(A, Command, "w", At, null, null, null, 0, Sparse, [new PlannedTask(B, Sparse, [new PlannedTask(A, Sparse)])]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"ordinal":0,"definition":{"title":"t","description":"","kind":"standard","complexity":"moderate","specialist":"x","priority":2
            ,"dependencies":[]},"subtasks":[{"task_id":"task_b","definition":{"title":"t","description":"","kind":"standard"
            ,"complexity":"moderate","specialist":"x","priority":2,"dependencies":[]},"subtasks":[{"task_id":"task_a"
            ,"definition":{"title":"t","description":"","kind":"standard","complexity":"moderate","specialist":"x","priority":2
            ,"dependencies":[]}}]}]}
            """)),
        (new TaskEvents.Planned(A, Command.Derive("a"), "w", At, null, B, A, 2, Sparse, []), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7/a","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"parent":"task_b","root":"task_a","ordinal":2,"definition":{"title":"t","description":"","kind":"standard","complexity":"moderate"
            ,"specialist":"x","priority":2,"dependencies":[]},"subtasks":[]}
            """)),
        (new TaskEvents.SubtasksAdded(A, Command, "w", At, Session, [new PlannedTask(B, Sparse)]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"session":"ses_1","subtasks":[{"task_id":"task_b","definition":{"title":"t","description":"","kind":"standard"
            ,"complexity":"moderate","specialist":"x","priority":2,"dependencies":[]}}]}
            """)),
        (new TaskEvents.SubtasksCreated(A, Command, "w", At, [A, B]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"created":["task_a","task_b"]}
            """)),
        (new TaskEvents.Claimed(A, Command, "w", At, Token, TimeSpan.FromMinutes(90), At.AddMinutes(90)), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"token":"clm_1","lease":"01:30:00","deadline":"2026-03-01T14:00:00.1234567+00:00"}
            """)),
        (new TaskEvents.ClaimRenewed(A, Command, "w", At, Token, At), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"token":"clm_1","deadline":"2026-03-01T12:30:00.1234567+00:00"}
            """)),
        (new TaskEvents.ClaimReleased(A, Command, "w", At, Token), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"token":"clm_1"}
            """)),
        (new TaskEvents.ClaimLost(A, Command, "w", At, Token, "v", 2), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"token":"clm_1","worker":"v","lost":2}
            """)),
        (new TaskEvents.StatusChanged(A, Command, "w", At, TaskPhase.Pending, TaskPhase.InProgress, null), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"from":"pending","to":"in_progress"}
            """)),
        (new TaskEvents.StatusChanged(A, Command, "w", At, TaskPhase.InProgress, TaskPhase.Blocked, "no \"access\" ä"), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"from":"in_progress","to":"blocked","reason":"no \u0022access\u0022 \u00E4"}
            """)),
        (new TaskEvents.Edited(A, Command, "w", At, "t", null, null, null, null, null, "", DateTimeOffset.MinValue, null, []), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"title":"t","effort":"","due_at":"0001-01-01T00:00:00+00:00","dependencies":[]}
            """)),
        (new TaskEvents.Edited(
            A, Command, "w", At, null, "d", TaskKind.Review, TaskComplexity.Trivial, "s", 0, "1 h", At, "{}", [new Dependency(B)]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"description":"d","kind":"review","complexity":"trivial","specialist":"s","priority":0,"effort":"1 h"
            ,"due_at":"2026-03-01T12:30:00.1234567+00:00","context":"{}","dependencies":[{"on":"task_b","kind":"completion"}]}
            """)),
        (new TaskEvents.Noted(A, Command, "w", At, "text"), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"text":"text"}
            """)),
        (new TaskEvents.Progressed(A, Command, "w", At, 40), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"percent":40}
            """)),
        (new TaskEvents.WorkStored(A, Command, "w", At, 2, NextAction.NeedsRevision, Artifact), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"version":2,"next":"needs_revision","artifact":{"artifact_id":"art_1","kind":"documentation","sha256":"00ff","size":3
            ,"media_type":"text/plain","summary":"done","files":["src/a.cs"]}}
            """)),
        (new SessionEvents.Opened(Session, Command, "w", At, "/work", 12), Joined(
            """
            {"session_id":"ses_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"working_directory":"/work","position":12}
            """)),
        (new SessionEvents.Resumed(Session, Command, "w", At, 34), Joined(
            """
            {"session_id":"ses_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"position":34}
            """)),
        (new MigrationEvents.Adopted(Command, "w", At, Bare), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"migration":{"version":1,"name":"what was found","program":"0.1.0","started_at":"2026-03-01 12:30:00Z","duration_ms":0,"steps":[]}}
            """)),
        (new MigrationEvents.Applied(Command, "w", At, Whole), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"migration":{"version":2,"name":"add column t.a","schema_version":3,"program":"0.2.0","started_at":"2026-03-01 12:30:00Z"
            ,"duration_ms":12,"steps":["add column t.a"],"backup":"/b.db"}}
            """)),
        (new MigrationEvents.Failed(Command, "w", At, Whole with { Reason = "full" }), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"migration":{"version":2,"name":"add column t.a","schema_version":3,"program":"0.2.0","started_at":"2026-03-01 12:30:00Z"
            ,"duration_ms":12,"steps":["add column t.a"],"backup":"/b.db","reason":"full"}}
            """)),
        (new MigrationEvents.TakenBack(Command, "w", At, Bare with { Reason = "wish" }), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"migration":{"version":1,"name":"what was found","program":"0.1.0","started_at":"2026-03-01 12:30:00Z","duration_ms":0,"steps":[]
            ,"reason":"wish"}}
            """)),
        (new KeyEvents.Begun(Key, Command, "w", At, "00ff"), Joined(
            """
            {"key_id":"key_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"arguments":"00ff"}
            """)),
        (new KeyEvents.Recorded(Key, Command, "w", At, "done", "{}"), Joined(
            """
            {"key_id":"key_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"line":"done","facts":"{}"}
            """)),
        (new KeyEvents.Freed(Key, Command, "w", At), Joined(
            """
            {"key_id":"key_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"}
            """)),
    ];

    /// <summary>The lines are broken for the reader; what is stored has none.</summary>
    private static string Joined(string lines) => lines.ReplaceLineEndings("");
}
