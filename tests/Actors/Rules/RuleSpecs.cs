using Akka.Actor;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Rules;

public sealed class RuleSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task Two_rules_that_feed_each_other_come_to_an_end()
    {
        await Rules.Accepted(_running, Rules.Make(RuleTrigger.TaskCreated));
        await Rules.Accepted(_running, Rules.Make(RuleTrigger.TaskCreated));
        await _running.Accepted(Given.Plan("source"));

        // The first task is answered by both, each of these by the other rule, and those again: then the chain is too long.
        await _running.Eventually(() => _running.Index.Count().Total == 1 + (2 * RuleLimits.Origins));

        await Settled();
        Assert.Equal(1 + (2 * RuleLimits.Origins), _running.Index.Count().Total);
        Assert.All((await Rules.Standing(_running)).Rules, r => Assert.NotEqual(0, r.HeldBack));
    }

    [Fact]
    public async Task A_cooldown_and_a_limit_are_counted_by_the_times_of_events()
    {
        await Rules.Accepted(_running, Rules.Make(RuleTrigger.TaskCreated, r => r with { Cooldown = TimeSpan.FromMinutes(10), MaxExecutions = 2 }));
        await _running.Accepted(Given.Plan("one"));
        await _running.Accepted(Given.Plan("too soon"));
        _running.Clock.Advance(TimeSpan.FromMinutes(11));
        await _running.Accepted(Given.Plan("two"));
        _running.Clock.Advance(TimeSpan.FromMinutes(11));
        await _running.Accepted(Given.Plan("one too many"));
        await _running.Eventually(() => _running.Index.Count().Total == 6);

        await Settled();
        Assert.Equal(["after one", "after two"], Titles().Where(t => t.StartsWith("after", StringComparison.Ordinal)).Order());
        var rule = Assert.Single((await Rules.Standing(_running)).Rules);
        Assert.Equal(("inactive", 2), (rule.Status, rule.Executions));
    }

    [Fact]
    public async Task The_rule_with_the_lowest_number_goes_first_and_at_most_ten_fire()
    {
        foreach (var number in Enumerable.Range(1, 12).Reverse())
        {
            await Rules.Accepted(_running, Rules.Make(RuleTrigger.TaskCompleted, r => r with { Priority = number, Task = r.Task! with { Title = $"rule {number:00}" } }));
        }

        var plan = Given.Plan("source");
        await _running.Accepted(plan);
        await _running.Accepted(Given.Update(plan.TaskId, new TaskChanges { Phase = TaskPhase.Completed }));
        await _running.Eventually(() => _running.Index.Count().Total == 1 + RuleLimits.PerEvent);

        await Settled();
        var made = _running.Index.Query(new() { ChangedAfter = 0 }, 20, null).Tasks.Where(t => t.Title != "source").Select(t => t.Title);
        Assert.Equal(Enumerable.Range(1, RuleLimits.PerEvent).Select(n => $"rule {n:00}"), made);
        Assert.Equal(2, (await Rules.Standing(_running)).Rules.Sum(r => r.HeldBack));
    }

    [Fact]
    public async Task A_clone_takes_everything_below_the_task_along()
    {
        var original = Given.Plan("original").WithSubtasks("a", "b");
        original = original with
        {
            Subtasks = [original.Subtasks[0], original.Subtasks[1] with { Definition = original.Subtasks[1].Definition.Needing(original.Subtasks[0].TaskId) }],
        };
        await _running.Accepted(original);
        await Rules.Accepted(_running, Rules.Make(RuleTrigger.TaskCreated, r => r with { Mode = RuleMode.Clone, Task = null, CloneOf = original.TaskId.Value }));
        await _running.Accepted(Given.Plan("source"));

        await _running.Eventually(() => _running.Index.Count().Total == 7);

        await Settled();
        var root = _running.Index.Query(new(), 10, null).Tasks.Single(t => t.Title == "original" && t.TaskId != original.TaskId);
        var below = _running.Index.Query(new() { Parent = root.TaskId }, 10, null).Tasks;
        Assert.Equal(["a", "b"], below.Select(t => t.Title).Order());
        Assert.Equal(1, below.Single(t => t.Title == "b").WaitingFor);
    }

    [Fact]
    public async Task A_rule_that_keeps_failing_is_suspended_and_says_why()
    {
        await Rules.Accepted(_running, Rules.Make(RuleTrigger.TaskCreated, r => r with { Mode = RuleMode.Template, Task = null, Template = "missing" }));
        for (var i = 0; i < RuleLimits.Failures + 2; i++)
        {
            await _running.Accepted(Given.Plan($"t{i}"));
            await Settled();
        }

        var rule = Assert.Single((await Rules.Standing(_running)).Rules);
        Assert.Equal(("suspended", RuleLimits.Failures), (rule.Status, rule.Failed));
        Assert.Contains("missing", rule.LastFailure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subtask_can_be_planned_below_the_task_that_it_is_about()
    {
        await Rules.Accepted(_running, Rules.Make(RuleTrigger.TaskAssigned, r => r with { Task = r.Task! with { Parent = "{{source_task_id}}" } }));
        var plan = Given.Plan("source");
        await _running.Accepted(plan);
        await _running.Accepted(Given.Claim(plan.TaskId));

        await _running.Eventually(() => _running.Index.Find([plan.TaskId])[0].Subtasks == 1);
    }

    [Fact]
    public async Task A_deleted_rule_fires_no_more_and_a_repeated_deletion_is_accepted()
    {
        var rule = Rules.Make(RuleTrigger.TaskCreated);
        await Rules.Accepted(_running, rule);
        var delete = new RuleCommands.Delete(rule.RuleId, Given.NewCommand(), Given.Worker);
        await Rules.Accepted(_running, delete);
        await Rules.Accepted(_running, delete);
        await _running.Restart();
        await Rules.Accepted(_running, delete);
        await _running.Accepted(Given.Plan("source"));

        await Settled();
        Assert.Equal(1, _running.Index.Count().Total);
        Assert.IsType<RuleReplies.Refused>(await _running.Rules.Send(delete with { CommandId = Given.NewCommand() }, CancellationToken.None));
    }

    /// <summary>Waits until the rules have looked at everything that there is and have nothing left to do.</summary>
    private async Task Settled()
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            var standing = await Rules.Standing(_running);
            var notLookedAt = new TaskJournal(_running.Store.ReadOnly).Read(standing.Position, 100).Facts.Count;
            if (standing.Pending == 0 && (notLookedAt == 0 || !standing.Rules.Any(r => r.Status == "active")))
            {
                return;
            }

            Assert.True(DateTime.UtcNow < deadline, "The rules did not come to rest within 30 s.");
            await _running.IndexActor.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), TimeSpan.FromSeconds(20));
        }
    }

    private IEnumerable<string> Titles() => _running.Index.Query(new(), 100, null).Tasks.Select(t => t.Title);
}
