using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>The whole table, written a second time: whoever changes a rule says so twice.</summary>
public sealed class TaskTransitionSpecs
{
    private static readonly (TaskPhase From, TaskPhase To)[] Allowed =
    [
        (Pending, InProgress), (Pending, Blocked), (Pending, Completed), (Pending, Failed), (Pending, Cancelled), (Pending, Archived),
        (InProgress, Pending), (InProgress, Blocked), (InProgress, Completed), (InProgress, Failed), (InProgress, Cancelled),
        (Blocked, Pending), (Blocked, InProgress), (Blocked, Completed), (Blocked, Failed), (Blocked, Cancelled), (Blocked, Archived),
        (Completed, Archived), (Failed, Pending), (Failed, Archived), (Cancelled, Archived),
    ];

    /// <summary>Every pair of stored statuses, with whether it is allowed.</summary>
    public static TheoryData<TaskPhase, TaskPhase, bool> Pairs()
    {
        var pairs = new TheoryData<TaskPhase, TaskPhase, bool>();
        foreach (var from in Enum.GetValues<TaskPhase>().Where(p => p != None))
        {
            foreach (var to in Enum.GetValues<TaskPhase>().Where(p => p != None))
            {
                pairs.Add(from, to, Allowed.Contains((from, to)));
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_table_says_which_status_may_follow_which(TaskPhase from, TaskPhase to, bool allowed) =>
        Assert.Equal(allowed, TaskTransitions.After(from).Contains(to));

    [Fact]
    public void Nothing_follows_a_task_that_does_not_exist() => Assert.Empty(TaskTransitions.After(None));

    [Fact]
    public void Every_status_has_a_name_of_its_own_in_snake_case()
    {
        var names = Enum.GetValues<TaskPhase>().Select(TaskTransitions.Name).ToList();

        Assert.Equal(["none", "pending", "in_progress", "blocked", "completed", "failed", "cancelled", "archived"], names);
    }
}
