namespace Orchestrator.Protocol.Restarts;

/// <summary>
/// The walk of a restart, one way. Up to <see cref="HandedOver"/>, the point of no return, every failure leaves the old process serving as if
/// nothing had been asked.
/// </summary>
public enum RestartPhase
{
    /// <summary>Asked for and written down.</summary>
    Requested,
    /// <summary>The new process has been started beside the old one, which serves on.</summary>
    SuccessorStarting,
    /// <summary>The new process has proved itself on a scratch store and knows what it would have to do to the real one.</summary>
    SuccessorReady,
    /// <summary>New calls wait, those that had begun are finished.</summary>
    Draining,
    /// <summary>What is in work is written down.</summary>
    Suspended,
    /// <summary>The old process closes the database and lets go of it.</summary>
    HandedOver,
    /// <summary>The new process has the database and serves.</summary>
    Serving,
    /// <summary>The clients that were there before are back.</summary>
    Completed,
    /// <summary>It came to nothing; the process that asked serves on, or another one does.</summary>
    Failed,
    /// <summary>The new process failed after the point of no return; the old one has taken everything back and serves.</summary>
    RolledBack,
}

/// <summary>The usual reasons of a restart. Any other text is a reason, too.</summary>
public static class RestartReasons
{
    /// <summary>Somebody wants it.</summary>
    public const string ManualRequest = "manual_request";
    /// <summary>Settings have changed.</summary>
    public const string ConfigurationUpdate = "configuration_update";
    /// <summary>The database must change.</summary>
    public const string SchemaMigration = "schema_migration";
    /// <summary>Something has gone wrong.</summary>
    public const string ErrorRecovery = "error_recovery";
    /// <summary>Another version is to serve.</summary>
    public const string Upgrade = "upgrade";
    /// <summary>The version before is to serve again.</summary>
    public const string Rollback = "rollback";
    /// <summary>The version before is to serve again, and takes the last migration of the database back.</summary>
    public const string RollbackWithSchema = "rollback_with_schema";
    /// <summary>It cannot wait for calls in flight.</summary>
    public const string EmergencyShutdown = "emergency_shutdown";
}

/// <summary>One process of the backend.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="Instance">Random, 32 hex digits: numbers are used again.</param>
/// <param name="Build">Its build, such as <c>0.1.0+3f2a</c>.</param>
/// <param name="Folder">Where its program is.</param>
public sealed record ProcessFacts(int ProcessId, string Instance, string Build, string Folder);

/// <summary>A claim that a restart has met.</summary>
/// <param name="TaskId">The claimed task.</param>
/// <param name="Token">The claim.</param>
/// <param name="Deadline">The end of its lease.</param>
public sealed record SuspendedClaim(TaskId TaskId, ClaimToken Token, DateTimeOffset Deadline);
