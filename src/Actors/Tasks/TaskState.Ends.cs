using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <content>How it ends, what that means for others, and what is recorded on the way.</content>
public sealed partial record TaskState
{
    private TaskState ApplyEnd(ITaskEvent e) => e switch
    {
        TaskEvents.ConsequencesDue x => this with
        {
            Due = Due.AddRange(x.Consequences.Select(c => new DueConsequence(c, x.CommandId, x.By, x.Text))),
            DeleteWhenDone = DeleteWhenDone || x.ThenDelete,
        },
        TaskEvents.ConsequencesDone x => this with
        {
            Due = Due.RemoveAll(d => d.CommandId == x.CommandId && x.Tasks.Contains(d.Consequence.TaskId)),
        },
        TaskEvents.DependencyWaived x => this with
        {
            Waivers = Waivers.RemoveAll(w => w.On == x.On).Add(new GrantedWaiver(x.On, x.By, x.At, x.Why)),
        },
        TaskEvents.AttributesChanged x => this with
        {
            Attributes = x.Changes.Aggregate(
                Attributes, (all, c) => c.Attribute is { } attribute ? all.SetItem(c.Name, attribute) : all.Remove(c.Name)),
        },
        TaskEvents.GatesSet x => this with { Gates = [.. x.Gates] },
        TaskEvents.DecisionRecorded => this with { Decisions = Decisions + 1 },
        TaskEvents.FilesRecorded x => this with
        {
            Files = Files.SetItems(x.Files.Select(f => KeyValuePair.Create(f.Path, new TrackedFile(f.After, f.Size, x.By, x.At)))),
        },
        TaskEvents.Archived x => this with { KeepUntil = x.KeepUntil },
        TaskEvents.WorkDiscarded x => this with { Artifacts = Artifacts.RemoveAll(a => x.Artifacts.Contains(a.Artifact.ArtifactId)) },
        // What was completed once stays so for those who waited for it.
        TaskEvents.Deleted x => new TaskState(Id) { Satisfied = Satisfied, Revision = Revision, Memory = Memory, DeletedBy = x.By },
        _ => throw new NotSupportedException($"Task {Id}: no rule for event {e.GetType().Name}."),
    };
}

/// <summary>What the end of a task means for another one, under the command that ended it.</summary>
public sealed record DueConsequence(Consequence Consequence, CommandId CommandId, string By, string Text);
