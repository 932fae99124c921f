using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;
using Orchestrator.Protocol.Migrations;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Rules;
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
    private static readonly RuleId Rule = new("rul_1");
    private static readonly ClaimToken Token = new("clm_1");
    private static readonly CommandId Command = new("0123456789abcdef0123456789abcdef", 7);
    private static readonly ProcessFacts Old = new(1, "a", "1.0", "/v1");
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
        (new TaskEvents.DeadlineApproached(A, Command, "w", At, At), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"due_at":"2026-03-01T12:30:00.1234567+00:00"}
            """)),
        (new TaskEvents.DeadlinePassed(A, Command, "w", At, At), Joined(
            """
            {"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"due_at":"2026-03-01T12:30:00.1234567+00:00"}
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
        (new RuleEvents.Created(
            Rule, Command, "w", At, new RuleDefinition(
                "n", "d", [RuleTrigger.TaskCompleted, RuleTrigger.ErrorThresholdExceeded], "{}", RuleMode.Direct,
                new RuleTask("t", "", TaskKind.Review, TaskComplexity.Simple, "x", 2, "1 h", "task_p", ["task_d"]), null, null, null, 100, 5,
                TimeSpan.FromMinutes(2)), 12), Joined(
            """
            {"rule_id":"rul_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"definition":{"name":"n","description":"d","triggers":["task_completed","error_threshold_exceeded"],"condition":"{}"
            ,"mode":"direct","task":{"title":"t","description":"","kind":"review","complexity":"simple","specialist":"x","priority":2
            ,"effort":"1 h","parent":"task_p","dependencies":["task_d"]},"priority":100,"max_executions":5,"cooldown":"00:02:00"}
            ,"after":12}
            """)),
        (new RuleEvents.Created(
            Rule, Command, "w", At, new RuleDefinition(
                "n", "d", [RuleTrigger.StatusChanged], "{}", RuleMode.Clone, null, "tpl", "{\"a\":1}", "task_c", 1, null, TimeSpan.Zero), 0), Joined(
            """
            {"rule_id":"rul_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"definition":{"name":"n","description":"d","triggers":["status_changed"],"condition":"{}","mode":"clone"
            ,"template":"tpl","parameters":"{\u0022a\u0022:1}","clone_of":"task_c","priority":1,"cooldown":"00:00:00"},"after":0}
            """)),
        (new RuleEvents.Deleted(Rule, Command, "w", At), Joined(
            """
            {"rule_id":"rul_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"}
            """)),
        (new RuleEvents.Fired(Rule, Command, "rule rul_1", At, 9, RuleTrigger.TaskFailed, A, new RuleAction(A, new PlannedTask(B, Sparse), null)), Joined(
            """
            {"rule_id":"rul_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"rule rul_1","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"position":9,"trigger":"task_failed","source":"task_a","action":{"parent":"task_a","plan":{"task_id":"task_b"
            ,"definition":{"title":"t","description":"","kind":"standard","complexity":"moderate","specialist":"x","priority":2
            ,"dependencies":[]}}}}
            """)),
        (new RuleEvents.Settled(Rule, Command, "rule rul_1", At, "no"), Joined(
            """
            {"rule_id":"rul_1","command_id":"0123456789abcdef0123456789abcdef:7","by":"rule rul_1","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"failure":"no"}
            """)),
        (new RuleEvents.Advanced(Command, "rules", At, 34, [new RuleHeldBack(Rule, 2, "why")]), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"rules","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"position":34,"held_back":[{"rule_id":"rul_1","times":2,"reason":"why"}]}
            """)),
        (new RestartEvents.Requested(Command, "w", At, new RestartWish("upgrade", true, false, 30, "/v2"), Old), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"wish":{"reason":"upgrade","graceful":true,"preserve_state":false,"timeout_seconds":30,"folder":"/v2"}
            ,"from":{"process_id":1,"instance":"a","build":"1.0","folder":"/v1"}}
            """)),
        (new RestartEvents.Joined(Command, "w", At, Command), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"request":"0123456789abcdef0123456789abcdef:7"}
            """)),
        (new RestartEvents.SuccessorStarted(Command, "w", At, 2), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"process_id":2}
            """)),
        (new RestartEvents.SuccessorProved(Command, "w", At, Old, ["add column"]), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"to":{"process_id":1,"instance":"a","build":"1.0","folder":"/v1"},"plan":["add column"]}
            """)),
        (new RestartEvents.DrainingBegan(Command, "w", At, ["f"], 3), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"clients":["f"],"in_flight":3}
            """)),
        (new RestartEvents.WorkSuspended(Command, "w", At, 2, [new SuspendedClaim(A, Token, At)], 1), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"active":2,"claims":[{"task_id":"task_a","token":"clm_1","deadline":"2026-03-01T12:30:00.1234567+00:00"}],"unfinished":1}
            """)),
        (new RestartEvents.HandedOver(Command, "w", At), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"}
            """)),
        (new RestartEvents.Served(Command, "w", At, 99.5), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"downtime_ms":99.5}
            """)),
        (new RestartEvents.Completed(Command, "w", At, 2, 1), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"reconnected":2,"resumed":1}
            """)),
        (new RestartEvents.Failed(Command, "w", At, "no"), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"cause":"no"}
            """)),
        (new RestartEvents.RolledBack(Command, "w", At, "no", 12.5, true), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"cause":"no","downtime_ms":12.5,"migration_undone":true}
            """)),
        (new WindowEvents.Asked(Command, "w", At, new WindowWish([WindowWork.Compact, WindowWork.Vacuum], 10)), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"wish":{"work":["compact","vacuum"],"budget_seconds":10}}
            """)),
        (new WindowEvents.Ran(Command, "w", At, 12.5, [new WindowResult(WindowWork.Retention, WindowOutcome.Skipped, "no", 1.5, 2, 3, 4)]), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"ms":12.5,"results":[{"work":"retention","outcome":"skipped","what":"no","ms":1.5,"items":2,"bytes_before":3,"bytes_after":4}]}
            """)),
        (new WindowEvents.CutOff(Command, "w", At, "gone", true), Joined(
            """
            {"command_id":"0123456789abcdef0123456789abcdef:7","by":"w","at":"2026-03-01T12:30:00.1234567+00:00"
            ,"cause":"gone","is_given_up":true}
            """)),
    ];

    /// <summary>The lines are broken for the reader; what is stored has none.</summary>
    private static string Joined(string lines) => lines.ReplaceLineEndings("");
}
