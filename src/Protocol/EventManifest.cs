using System.Collections.Frozen;
using Orchestrator.Protocol.Idempotency;
using Orchestrator.Protocol.Migrations;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Protocol;

/// <summary>
/// The stored name and version of every event. A class may be renamed; a stored name may not. When the shape of an event changes,
/// it gets a new version here and the old one is upcast on reading.
/// </summary>
public static class EventManifest
{
    /// <summary>Stored name by type of event.</summary>
    public static readonly FrozenDictionary<Type, string> Names = new Dictionary<Type, string>
    {
        [typeof(TaskEvents.Planned)] = "task-planned/1",
        [typeof(TaskEvents.SubtasksAdded)] = "task-subtasks-added/1",
        [typeof(TaskEvents.SubtasksCreated)] = "task-subtasks-created/1",
        [typeof(TaskEvents.Claimed)] = "task-claimed/1",
        [typeof(TaskEvents.ClaimRenewed)] = "task-claim-renewed/1",
        [typeof(TaskEvents.ClaimReleased)] = "task-claim-released/1",
        [typeof(TaskEvents.ClaimLost)] = "task-claim-lost/1",
        [typeof(TaskEvents.DeadlineApproached)] = "task-deadline-approached/1",
        [typeof(TaskEvents.DeadlinePassed)] = "task-deadline-passed/1",
        [typeof(TaskEvents.StatusChanged)] = "task-status-changed/1",
        [typeof(TaskEvents.Edited)] = "task-edited/1",
        [typeof(TaskEvents.Noted)] = "task-noted/1",
        [typeof(TaskEvents.Progressed)] = "task-progressed/1",
        [typeof(TaskEvents.WorkStored)] = "task-work-stored/1",
        [typeof(TaskEvents.ConsequencesDue)] = "task-consequences-due/1",
        [typeof(TaskEvents.ConsequencesDone)] = "task-consequences-done/1",
        [typeof(TaskEvents.DependencyWaived)] = "task-dependency-waived/1",
        [typeof(TaskEvents.AttributesChanged)] = "task-attributes-changed/1",
        [typeof(TaskEvents.GatesSet)] = "task-gates-set/1",
        [typeof(TaskEvents.DecisionRecorded)] = "task-decision-recorded/1",
        [typeof(TaskEvents.FilesRecorded)] = "task-files-recorded/1",
        [typeof(TaskEvents.Archived)] = "task-archived/1",
        [typeof(TaskEvents.WorkDiscarded)] = "task-work-discarded/1",
        [typeof(TaskEvents.Deleted)] = "task-deleted/1",
        [typeof(SessionEvents.Opened)] = "session-opened/1",
        [typeof(SessionEvents.Resumed)] = "session-resumed/1",
        [typeof(SessionEvents.Closed)] = "session-closed/1",
        [typeof(MigrationEvents.Adopted)] = "migration-adopted/1",
        [typeof(MigrationEvents.Applied)] = "migration-applied/1",
        [typeof(MigrationEvents.Failed)] = "migration-failed/1",
        [typeof(MigrationEvents.TakenBack)] = "migration-taken-back/1",
        [typeof(KeyEvents.Begun)] = "key-begun/1",
        [typeof(KeyEvents.Recorded)] = "key-recorded/1",
        [typeof(KeyEvents.Freed)] = "key-freed/1",
        [typeof(RestartEvents.Requested)] = "restart-requested/1",
        [typeof(RestartEvents.Joined)] = "restart-joined/1",
        [typeof(RestartEvents.SuccessorStarted)] = "restart-successor-started/1",
        [typeof(RestartEvents.SuccessorProved)] = "restart-successor-proved/1",
        [typeof(RestartEvents.DrainingBegan)] = "restart-draining-began/1",
        [typeof(RestartEvents.WorkSuspended)] = "restart-work-suspended/1",
        [typeof(RestartEvents.HandedOver)] = "restart-handed-over/1",
        [typeof(RestartEvents.Served)] = "restart-served/1",
        [typeof(RestartEvents.Completed)] = "restart-completed/1",
        [typeof(RestartEvents.Failed)] = "restart-failed/1",
        [typeof(RestartEvents.RolledBack)] = "restart-rolled-back/1",
        [typeof(WindowEvents.Asked)] = "window-asked/1",
        [typeof(WindowEvents.Ran)] = "window-ran/1",
        [typeof(WindowEvents.CutOff)] = "window-cut-off/1",
        [typeof(RuleEvents.Created)] = "rule-created/1",
        [typeof(RuleEvents.Deleted)] = "rule-deleted/1",
        [typeof(RuleEvents.Fired)] = "rule-fired/1",
        [typeof(RuleEvents.Settled)] = "rule-settled/1",
        [typeof(RuleEvents.Advanced)] = "rules-advanced/1",
    }.ToFrozenDictionary();
}
