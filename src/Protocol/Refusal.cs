namespace Orchestrator.Protocol;

/// <summary>Why something was not done. Nothing was changed, except where the code says <see cref="RefusalCode.OutcomeUnknown"/>.</summary>
/// <param name="Code">One of <see cref="RefusalCode"/>: stable, for programs.</param>
/// <param name="Message">What happened, for people and models; names the value at fault.</param>
/// <param name="NextStep">What to do now.</param>
public sealed record Refusal(string Code, string Message, string NextStep);

/// <summary>The stable codes of refusals. A code is never renamed and never reused.</summary>
public static class RefusalCode
{
    /// <summary>No task has this id.</summary>
    public const string TaskNotFound = "TASK_NOT_FOUND";
    /// <summary>No session has this id.</summary>
    public const string SessionNotFound = "SESSION_NOT_FOUND";
    /// <summary>No artifact has this id.</summary>
    public const string ArtifactNotFound = "ARTIFACT_NOT_FOUND";
    /// <summary>No template has this id.</summary>
    public const string TemplateNotFound = "TEMPLATE_NOT_FOUND";
    /// <summary>A template cannot be used as it is; the message names line and column.</summary>
    public const string TemplateInvalid = "TEMPLATE_INVALID";
    /// <summary>There is another template of this id, and it was not to be overwritten.</summary>
    public const string TemplateExists = "TEMPLATE_EXISTS";
    /// <summary>No rule has this id.</summary>
    public const string RuleNotFound = "RULE_NOT_FOUND";
    /// <summary>The transition table does not allow this from the task's present status.</summary>
    public const string InvalidTaskState = "INVALID_TASK_STATE";
    /// <summary>Dependencies or subtasks stand in the way, or would form a cycle.</summary>
    public const string DependencyConflict = "DEPENDENCY_CONFLICT";
    /// <summary>A quality gate of the task asks for something that does not exist.</summary>
    public const string QualityGateUnmet = "QUALITY_GATE_UNMET";
    /// <summary>An argument is missing, of the wrong type, too long, or not one of the allowed values.</summary>
    public const string ValidationFailed = "VALIDATION_FAILED";
    /// <summary>The claim handle is not the task's open claim: its lease ended, it was released, or it never was.</summary>
    public const string ClaimLost = "CLAIM_LOST";
    /// <summary>Somebody else holds the claim.</summary>
    public const string AlreadyClaimed = "ALREADY_CLAIMED";
    /// <summary>The task is claimed and the call named no claim.</summary>
    public const string ClaimRequired = "CLAIM_REQUIRED";
    /// <summary>The task changed since the version that the caller named.</summary>
    public const string VersionConflict = "VERSION_CONFLICT";
    /// <summary>No task is ready: all are claimed, waiting, or done.</summary>
    public const string NothingReady = "NOTHING_READY";
    /// <summary>Whether the change took effect cannot be said; repeat it under the same key or look at the task.</summary>
    public const string OutcomeUnknown = "OUTCOME_UNKNOWN";
    /// <summary>The idempotency key stands for a call of the same tool with other arguments.</summary>
    public const string IdempotencyConflict = "IDEMPOTENCY_CONFLICT";
    /// <summary>The store refused the change and is as it was.</summary>
    public const string StorageFailed = "STORAGE_FAILED";
    /// <summary>The database could not be opened; the message says why.</summary>
    public const string DatabaseUnavailable = "DATABASE_UNAVAILABLE";
    /// <summary>The database was upgraded by a newer version of this program and was left as it is.</summary>
    public const string DatabaseNewer = "DATABASE_NEWER";
    /// <summary>The database cannot be upgraded as it is; nothing was changed, and the message names what stands in the way.</summary>
    public const string MigrationRefused = "MIGRATION_REFUSED";
    /// <summary>The upgrade of the database was begun and failed; the database is the old one.</summary>
    public const string MigrationFailed = "MIGRATION_FAILED";
    /// <summary>A stored work product is missing or no longer what was stored.</summary>
    public const string ArtifactDamaged = "ARTIFACT_DAMAGED";
    /// <summary>No backend serves: it cannot be started, does not answer, or did not come back in time; the message names its log.</summary>
    public const string BackendUnavailable = "BACKEND_UNAVAILABLE";
    /// <summary>A defect of this program; the message names the log entry.</summary>
    public const string InternalError = "INTERNAL_ERROR";
    /// <summary>Front and backend are of builds that do not understand each other.</summary>
    public const string ProtocolMismatch = "PROTOCOL_MISMATCH";
    /// <summary>A restart cannot be done, or not now; the message says why. The server goes on as it was.</summary>
    public const string RestartNotPossible = "RESTART_NOT_POSSIBLE";
    /// <summary>A restart was begun and came to nothing; the message says why. The server serves.</summary>
    public const string RestartFailed = "RESTART_FAILED";
    /// <summary>Too many restarts were asked for in a short time; the next step says when one is possible again.</summary>
    public const string RestartTooOften = "RESTART_TOO_OFTEN";
    /// <summary>The server has crashed too often and serves only questions about itself for a while; the message says until when.</summary>
    public const string SafeMode = "SAFE_MODE";
    /// <summary>A file that an operator may change cannot be read; the message says where.</summary>
    public const string ConfigurationInvalid = "CONFIGURATION_INVALID";
    /// <summary>No client of this name is connected.</summary>
    public const string ClientNotFound = "CLIENT_NOT_FOUND";
}
