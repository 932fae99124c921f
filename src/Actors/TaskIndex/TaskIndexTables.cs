using LinqToDB.Mapping;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>The tables of the read model. Derived: they can be dropped and filled again from the journal at any time.</summary>
public static class TaskIndexTables
{
    /// <summary>Raised when tables or projection change their meaning; the next start then rebuilds.</summary>
    public const int Definition = 4;

    /// <summary>Name of the projection's row.</summary>
    public const string Projection = "task-index";

    /// <summary>Their names.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "task_index", "task_dependency", "task_artifact", "task_claim", "task_attribute", "task_decision", "task_file", "session_index",
    ];

    /// <summary>What makes them. They are part of the database's schema: what differs from this is made anew at the next start.</summary>
    public static readonly IReadOnlyList<string> Create =
    [
        """
        CREATE TABLE task_index (
            task_id TEXT NOT NULL PRIMARY KEY, parent_id TEXT NULL, root_id TEXT NOT NULL, session_id TEXT NULL,
            title TEXT NOT NULL, description TEXT NOT NULL, phase INTEGER NOT NULL, reason TEXT NULL, kind INTEGER NOT NULL,
            specialist TEXT NOT NULL, complexity INTEGER NOT NULL, priority INTEGER NOT NULL, due_at INTEGER NOT NULL, due_left INTEGER NOT NULL,
            due_to_near INTEGER NULL, due_to_pass INTEGER NULL, progress INTEGER NOT NULL, satisfied INTEGER NOT NULL, waiting_for INTEGER NOT NULL,
            subtasks INTEGER NOT NULL, open_subtasks INTEGER NOT NULL,
            completed_subtasks INTEGER NOT NULL, uncreated INTEGER NOT NULL, claim_token TEXT NULL, claimed_by TEXT NULL, claimed_until INTEGER NULL,
            revision INTEGER NOT NULL, position INTEGER NOT NULL, created_position INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, started_at INTEGER NULL, closed_at INTEGER NULL,
            artifacts INTEGER NOT NULL, consequences INTEGER NOT NULL, archived_at INTEGER NULL, archive_cause INTEGER NULL, keep_until INTEGER NULL,
            archived_under TEXT NULL)
        """,
        "CREATE INDEX task_index_parent ON task_index (parent_id, phase)",
        "CREATE INDEX task_index_session ON task_index (session_id)",
        "CREATE INDEX task_index_phase ON task_index (phase)",
        "CREATE INDEX task_index_position ON task_index (position)",
        "CREATE INDEX task_index_created ON task_index (created_position)",
        "CREATE INDEX task_index_claimed ON task_index (claimed_until) WHERE claimed_until IS NOT NULL",
        "CREATE INDEX task_index_uncreated ON task_index (uncreated) WHERE uncreated > 0",
        "CREATE INDEX task_index_consequences ON task_index (consequences) WHERE consequences > 0",
        "CREATE INDEX task_index_keep ON task_index (keep_until) WHERE keep_until IS NOT NULL",
        "CREATE INDEX task_index_archived_under ON task_index (archived_under) WHERE archived_under IS NOT NULL",
        "CREATE INDEX task_index_root ON task_index (root_id, updated_at)",
        "CREATE INDEX task_index_open ON task_index (updated_at) WHERE phase IN (1, 2, 3)",
        // Columns of their own: with a condition on the status besides, the index of that would be taken, and with it all tasks that are open.
        "CREATE INDEX task_index_due_to_near ON task_index (due_to_near, created_position) WHERE due_to_near IS NOT NULL",
        "CREATE INDEX task_index_due_to_pass ON task_index (due_to_pass, created_position) WHERE due_to_pass IS NOT NULL",
        // Phase 1 is pending. The order is that of the ready queue: most urgent, nearest due date, oldest, place in its plan.
        """
        CREATE INDEX task_index_ready ON task_index (priority, due_at, created_at, ordinal, created_position)
            WHERE phase = 1 AND waiting_for = 0 AND open_subtasks = 0 AND uncreated = 0
        """,
        """
        CREATE TABLE task_dependency (
            task_id TEXT NOT NULL, on_id TEXT NOT NULL, kind INTEGER NOT NULL, waived INTEGER NOT NULL, PRIMARY KEY (task_id, on_id)) WITHOUT ROWID
        """,
        "CREATE INDEX task_dependency_on ON task_dependency (on_id)",
        """
        CREATE TABLE task_artifact (
            artifact_id TEXT NOT NULL PRIMARY KEY, task_id TEXT NOT NULL, version INTEGER NOT NULL, made_by TEXT NOT NULL, made_at INTEGER NOT NULL,
            kind INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL, summary TEXT NOT NULL, files TEXT NOT NULL)
        """,
        "CREATE INDEX task_artifact_task ON task_artifact (task_id, version)",
        """
        CREATE TABLE task_attribute (
            task_id TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (task_id, name)) WITHOUT ROWID
        """,
        "CREATE INDEX task_attribute_name ON task_attribute (name, value)",
        """
        CREATE TABLE task_decision (
            decision_id TEXT NOT NULL PRIMARY KEY, task_id TEXT NOT NULL, position INTEGER NOT NULL, made_by TEXT NOT NULL, made_at INTEGER NOT NULL,
            title TEXT NOT NULL, outcome TEXT NOT NULL, rationale TEXT NULL, alternatives TEXT NOT NULL, category TEXT NULL,
            supersedes TEXT NULL, superseded_by TEXT NULL)
        """,
        "CREATE INDEX task_decision_task ON task_decision (task_id)",
        "CREATE INDEX task_decision_position ON task_decision (position)",
        """
        CREATE TABLE task_file (
            task_id TEXT NOT NULL, path TEXT NOT NULL, first_sha256 TEXT NULL, before_sha256 TEXT NULL, sha256 TEXT NULL, size INTEGER NOT NULL,
            change INTEGER NOT NULL, looked_by TEXT NOT NULL, looked_at INTEGER NOT NULL, PRIMARY KEY (task_id, path)) WITHOUT ROWID
        """,
        """
        CREATE TABLE session_index (
            session_id TEXT NOT NULL PRIMARY KEY, opened_at INTEGER NOT NULL, opened_by TEXT NOT NULL, last_at INTEGER NOT NULL, last_by TEXT NOT NULL,
            working_directory TEXT NULL, position INTEGER NOT NULL, closed_at INTEGER NULL, closed_because TEXT NULL, closed_under TEXT NULL)
        """,
        "CREATE INDEX session_index_position ON session_index (position)",
        "CREATE INDEX session_index_closed ON session_index (closed_under) WHERE closed_under IS NOT NULL",
        "CREATE TABLE task_claim (command_id TEXT NOT NULL PRIMARY KEY, task_id TEXT NOT NULL) WITHOUT ROWID",
    ];
}

[Table("task_index")]
internal sealed class TaskRecord
{
    public const long NoDueDate = long.MaxValue;   // sorts behind every date

    [Column("task_id"), PrimaryKey] public string TaskId { get; set; } = "";
    [Column("parent_id")] public string? ParentId { get; set; }
    [Column("root_id")] public string RootId { get; set; } = "";
    [Column("session_id")] public string? SessionId { get; set; }
    [Column("title")] public string Title { get; set; } = "";
    [Column("description")] public string Description { get; set; } = "";
    [Column("phase")] public int Phase { get; set; }
    [Column("reason")] public string? Reason { get; set; }
    [Column("kind")] public int Kind { get; set; }
    [Column("specialist")] public string Specialist { get; set; } = "";
    [Column("complexity")] public int Complexity { get; set; }
    [Column("priority")] public int Priority { get; set; }
    [Column("due_at")] public long DueAt { get; set; }
    [Column("due_left")] public int DueLeft { get; set; }   // how much is still to be noted of it: 2 that it is near, 1 that it has passed
    [Column("due_to_near")] public long? DueToNear { get; set; }   // the due date of an open task of which it is still to be noted
    [Column("due_to_pass")] public long? DueToPass { get; set; }
    [Column("progress")] public int Progress { get; set; }
    [Column("satisfied")] public bool Satisfied { get; set; }
    [Column("waiting_for")] public int WaitingFor { get; set; }
    [Column("subtasks")] public int Subtasks { get; set; }
    [Column("open_subtasks")] public int OpenSubtasks { get; set; }
    [Column("completed_subtasks")] public int CompletedSubtasks { get; set; }
    [Column("uncreated")] public int Uncreated { get; set; }
    [Column("claim_token")] public string? ClaimToken { get; set; }
    [Column("claimed_by")] public string? ClaimedBy { get; set; }
    [Column("claimed_until")] public long? ClaimedUntil { get; set; }
    [Column("revision")] public long Revision { get; set; }
    [Column("position")] public long Position { get; set; }
    [Column("created_position")] public long CreatedPosition { get; set; }
    [Column("ordinal")] public int Ordinal { get; set; }
    [Column("created_at")] public long CreatedAt { get; set; }
    [Column("updated_at")] public long UpdatedAt { get; set; }
    [Column("started_at")] public long? StartedAt { get; set; }
    [Column("closed_at")] public long? ClosedAt { get; set; }
    [Column("artifacts")] public int Artifacts { get; set; }
    [Column("consequences")] public int Consequences { get; set; }
    [Column("archived_at")] public long? ArchivedAt { get; set; }
    [Column("archive_cause")] public int? ArchiveCause { get; set; }
    [Column("keep_until")] public long? KeepUntil { get; set; }
    [Column("archived_under")] public string? ArchivedUnder { get; set; }   // the request, without the part that names the task
}

[Table("task_dependency")]
internal sealed class DependencyRecord
{
    [Column("task_id"), PrimaryKey(0)] public string TaskId { get; set; } = "";
    [Column("on_id"), PrimaryKey(1)] public string OnId { get; set; } = "";
    [Column("kind")] public int Kind { get; set; }
    [Column("waived")] public bool Waived { get; set; }
}

[Table("task_artifact")]
internal sealed class ArtifactRecord
{
    [Column("artifact_id"), PrimaryKey] public string ArtifactId { get; set; } = "";
    [Column("task_id")] public string TaskId { get; set; } = "";
    [Column("version")] public int Version { get; set; }
    [Column("made_by")] public string MadeBy { get; set; } = "";
    [Column("made_at")] public long MadeAt { get; set; }
    [Column("kind")] public int Kind { get; set; }
    [Column("sha256")] public string Sha256 { get; set; } = "";
    [Column("size")] public long Size { get; set; }
    [Column("media_type")] public string MediaType { get; set; } = "";
    [Column("summary")] public string Summary { get; set; } = "";
    [Column("files")] public string Files { get; set; } = "";   // one path a line
}

[Table("task_attribute")]
internal sealed class AttributeRecord
{
    [Column("task_id"), PrimaryKey(0)] public string TaskId { get; set; } = "";
    [Column("name"), PrimaryKey(1)] public string Name { get; set; } = "";
    [Column("kind")] public int Kind { get; set; }
    [Column("value")] public string Value { get; set; } = "";
}

[Table("task_decision")]
internal sealed class DecisionRow
{
    [Column("decision_id"), PrimaryKey] public string DecisionId { get; set; } = "";
    [Column("task_id")] public string TaskId { get; set; } = "";
    [Column("position")] public long Position { get; set; }
    [Column("made_by")] public string MadeBy { get; set; } = "";
    [Column("made_at")] public long MadeAt { get; set; }
    [Column("title")] public string Title { get; set; } = "";
    [Column("outcome")] public string Outcome { get; set; } = "";
    [Column("rationale")] public string? Rationale { get; set; }
    [Column("alternatives")] public string Alternatives { get; set; } = "";   // a JSON list
    [Column("category")] public string? Category { get; set; }
    [Column("supersedes")] public string? Supersedes { get; set; }
    [Column("superseded_by")] public string? SupersededBy { get; set; }
}

[Table("task_file")]
internal sealed class FileRecord
{
    [Column("task_id"), PrimaryKey(0)] public string TaskId { get; set; } = "";
    [Column("path"), PrimaryKey(1)] public string Path { get; set; } = "";
    [Column("first_sha256")] public string? First { get; set; }
    [Column("before_sha256")] public string? Before { get; set; }
    [Column("sha256")] public string? Sha256 { get; set; }
    [Column("size")] public long Size { get; set; }
    [Column("change")] public int Change { get; set; }
    [Column("looked_by")] public string LookedBy { get; set; } = "";
    [Column("looked_at")] public long LookedAt { get; set; }
}

[Table("session_index")]
internal sealed class SessionRecord
{
    [Column("session_id"), PrimaryKey] public string SessionId { get; set; } = "";
    [Column("opened_at")] public long OpenedAt { get; set; }
    [Column("opened_by")] public string OpenedBy { get; set; } = "";
    [Column("last_at")] public long LastAt { get; set; }
    [Column("last_by")] public string LastBy { get; set; } = "";
    [Column("working_directory")] public string? WorkingDirectory { get; set; }
    [Column("position")] public long Position { get; set; }
    [Column("closed_at")] public long? ClosedAt { get; set; }
    [Column("closed_because")] public string? ClosedBecause { get; set; }
    [Column("closed_under")] public string? ClosedUnder { get; set; }   // the request, without the part that names the session
}

[Table("task_claim")]
internal sealed class ClaimRecord
{
    [Column("command_id"), PrimaryKey] public string CommandId { get; set; } = "";
    [Column("task_id")] public string TaskId { get; set; } = "";
}

[Table("projection")]
internal sealed class ProjectionRecord
{
    [Column("name"), PrimaryKey] public string Name { get; set; } = "";
    [Column("definition")] public int Definition { get; set; }
    [Column("position")] public long Position { get; set; }
}

[Table("journal")]
internal sealed class JournalRecord
{
    [Column("ordering"), PrimaryKey] public long Ordering { get; set; }
    [Column("deleted")] public bool Deleted { get; set; }
    [Column("persistence_id")] public string PersistenceId { get; set; } = "";
    [Column("sequence_number")] public long SequenceNumber { get; set; }
    [Column("message")] public byte[] Message { get; set; } = [];
    [Column("manifest")] public string Manifest { get; set; } = "";
}
