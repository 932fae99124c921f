using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Serialization;

/// <summary>Examples of every event with the exact text that is stored for it. A line here is never edited; a new shape gets a new version.</summary>
internal static class StoredEvents
{
    private static readonly TaskId A = new("task_a");
    private static readonly TaskId B = new("task_b");
    private static readonly SessionId Session = new("ses_1");
    private static readonly ClaimToken Token = new("clm_1");
    private static readonly CommandId Command = new("0123456789abcdef0123456789abcdef", 7);
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero).AddTicks(1234567);

    private static readonly TaskDefinition Full = new(
        "title", "what", TaskKind.Implementation, TaskComplexity.VeryComplex, "coder", 1, "2 h", At, "{\"a\":1}",
        [new Dependency(B), new Dependency(A, DependencyKind.Related)]);

    private static readonly TaskDefinition Sparse = new("t", "", TaskKind.Standard, TaskComplexity.Moderate, "x", 2, null, null, null, []);

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
        (new TaskEvents.ConsequencesDue(
            A, Command, "w", At, "gone", [new Consequence(B, ConsequenceKind.Tell), new Consequence(A, ConsequenceKind.Restore)], true), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"text":"gone","consequences":[{"task_id":"task_b","kind":"tell"},{"task_id":"task_a","kind":"restore"}],"then_delete":true}
            """)),
        (new TaskEvents.ConsequencesDone(A, Command, "w", At, [B]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"tasks":["task_b"]}
            """)),
        (new TaskEvents.DependencyWaived(A, Command, "w", At, B, "not needed"), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"on":"task_b","why":"not needed"}
            """)),
        (new TaskEvents.AttributesChanged(
            A, Command, "w", At, [new AttributeChange("sprint", new AttributeValue(AttributeKind.Number, "7")), new AttributeChange("old", null)]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"changes":[{"name":"sprint","attribute":{"kind":"number","value":"7"}},{"name":"old"}]}
            """)),
        (new TaskEvents.GatesSet(
            A, Command, "w", At,
            [
                new QualityGate(TaskPhase.Completed, GateRequirement.Artifact, "test"),
                new QualityGate(TaskPhase.InProgress, GateRequirement.Decision, null),
            ]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"gates":[{"before":"completed","requires":"artifact","name":"test"},{"before":"in_progress","requires":"decision"}]}
            """)),
        (new TaskEvents.DecisionRecorded(
            A, Command, "w", At,
            new DecisionRecord(new DecisionId("dec_1"), "t", "o", "because", ["x"], "design", new DecisionId("dec_0"))), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"decision":{"decision_id":"dec_1","title":"t","outcome":"o","rationale":"because","alternatives":["x"],"category":"design"
            ,"supersedes":"dec_0"}}
            """)),
        (new TaskEvents.FilesRecorded(A, Command, "w", At, [new FileOperation("src/a.cs", FileChange.Modified, "00", "01", 3)]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"files":[{"path":"src/a.cs","change":"modified","before":"00","after":"01","size":3}]}
            """)),
        (new TaskEvents.Archived(A, Command, "w", At, ArchiveCause.Stale, At), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"cause":"stale","keep_until":"2026-03-01T12:30:00.1234567+00:00"}
            """)),
        (new TaskEvents.WorkDiscarded(A, Command, "w", At, [new ArtifactId("art_1")]), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"artifacts":["art_1"]}
            """)),
        (new TaskEvents.Deleted(A, Command, "w", At, "a mistake"), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"reason":"a mistake"}
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
        (new SessionEvents.Closed(Session, Command, "w", At, "old"), Joined(
            """
            {"session_id":"ses_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"reason":"old"}
            """)),
    ];

    /// <summary>The lines are broken for the reader; what is stored has none.</summary>
    private static string Joined(string lines) => lines.ReplaceLineEndings("");
}
