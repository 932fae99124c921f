using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests;

public sealed class TaskTransitionSpecs
{
    [Fact]
    public void Nothing_follows_an_archived_task() => Assert.Empty(TaskTransitions.After(TaskPhase.Archived));

    [Fact]
    public void A_completed_task_can_only_be_archived() => Assert.Equal([TaskPhase.Archived], TaskTransitions.After(TaskPhase.Completed));
}
