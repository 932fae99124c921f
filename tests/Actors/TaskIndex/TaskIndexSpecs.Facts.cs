using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.TaskIndex;

public sealed partial class TaskIndexSpecs
{
    [Fact]
    public async Task Counts_are_true()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b", "c", "d");
        await _running.Accepted(plan);
        var ids = plan.Subtasks.Select(s => s.TaskId).ToList();
        await _running.Accepted(Given.Claim(ids[0]));
        await _running.Accepted(Given.Complete(ids[1]));
        await _running.Accepted(Given.Update(ids[2], new TaskChanges { Phase = TaskPhase.Failed }));

        var counts = _running.Index.Count(plan.TaskId);

        Assert.Equal((4L, 1L, 1L), (counts.Total, counts.Ready, counts.Claimed));
        Assert.All(
            [TaskPhase.InProgress, TaskPhase.Completed, TaskPhase.Failed, TaskPhase.Pending], phase => Assert.Equal(1, counts.ByPhase[phase]));
        var row = _running.Index.Find([plan.TaskId])[0];
        Assert.Equal((4, 2, 1, 25, false), (row.Subtasks, row.OpenSubtasks, row.CompletedSubtasks, row.Progress, row.Ready));
        Assert.Equal(_running.Index.Query(new(), 1, null).Total, _running.Index.Count().Total);
    }

    [Fact]
    public async Task A_result_names_those_it_has_made_ready()
    {
        var first = await Planned(Given.Definition());
        var second = await Planned(Given.Definition());
        var waiting = await Planned(Given.Definition().Needing(first));
        var waitingMore = await Planned(Given.Definition().Needing(first, second));
        await Planned(Given.Definition("related", new Dependency(first, DependencyKind.Related)));
        Assert.Empty(_running.Index.ReadyBecauseOf(first));

        await _running.Accepted(Given.Complete(first));
        Assert.Equal([waiting], _running.Index.ReadyBecauseOf(first).Select(t => t.TaskId));
        await _running.Accepted(Given.Complete(second));
        Assert.Equal([waitingMore], _running.Index.ReadyBecauseOf(second).Select(t => t.TaskId));

        var plan = Given.Plan("root").WithSubtasks("a");
        await _running.Accepted(plan);
        await _running.Accepted(Given.Complete(plan.Subtasks[0].TaskId));
        Assert.Equal([plan.TaskId], _running.Index.ReadyBecauseOf(plan.Subtasks[0].TaskId).Select(t => t.TaskId));
    }

    [Fact]
    public async Task A_claim_is_found_by_its_command_its_session_and_its_deadline()
    {
        var (near, far) = (await Planned(Given.Definition()), await Planned(Given.Definition()));
        var claim = Given.Claim(far, minutes: 60);
        await _running.Accepted(claim);
        await _running.Accepted(Given.Claim(near, minutes: 20));

        Assert.Equal(far, _running.Index.ClaimedBy(claim.CommandId));
        Assert.Null(_running.Index.ClaimedBy(Given.NewCommand()));
        Assert.Equal([near, far], _running.Index.OpenClaims(_session).Select(c => c.TaskId));
        Assert.Single(_running.Index.OpenClaims(_session, limit: 1));
        var now = _running.Clock.GetUtcNow();
        Assert.Contains(near, _running.Index.ExpiredClaims(now.AddMinutes(20), int.MaxValue).Select(c => c.TaskId));
        Assert.DoesNotContain(far, _running.Index.ExpiredClaims(now.AddMinutes(20), int.MaxValue).Select(c => c.TaskId));
        await _running.Accepted(Given.Complete(far, DerivedId.Claim(claim.CommandId)));
        Assert.Equal(far, _running.Index.ClaimedBy(claim.CommandId));
        Assert.Equal([near], _running.Index.OpenClaims(_session).Select(c => c.TaskId));
    }

    [Fact]
    public async Task A_way_of_waiting_is_shown_from_end_to_end()
    {
        var a = await Planned(Given.Definition());
        var b = await Planned(Given.Definition().Needing(a));
        var c = await Planned(Given.Definition().Needing(b));

        Assert.Equal([c, b, a], _running.Index.WaitPath(c, a));
        Assert.Null(_running.Index.WaitPath(a, c));
        Assert.Equal([a], _running.Index.WaitPath(a, a));
        await _running.Accepted(Given.Complete(a));
        await _running.Accepted(Given.Complete(b));
        Assert.Null(_running.Index.WaitPath(c, a));   // what is completed waits no more
        var edge = Assert.Single(_running.Index.DependenciesOf([c]));
        Assert.Equal((b, true, TaskPhase.Completed), (edge.On, edge.Satisfied, edge.Phase));
    }

    [Fact]
    public async Task Work_products_are_found_by_task_and_by_handle()
    {
        var task = await Planned(Given.Definition());
        var first = Given.Complete(task, next: NextAction.Continue);
        var second = Given.Complete(task);
        second = second with { Artifact = second.Artifact with { Files = ["a b.txt", "c/d.cs"] } };
        await _running.Accepted(first);
        await _running.Accepted(second);

        Assert.Equal([1, 2], _running.Index.Artifacts([task]).Select(a => a.Version));
        Assert.Equivalent(second.Artifact, _running.Index.Artifact(second.Artifact.ArtifactId)!.Artifact, strict: true);
        Assert.Empty(_running.Index.Artifact(first.Artifact.ArtifactId)!.Artifact.Files);
        Assert.Null(_running.Index.Artifact(new ArtifactId("art_none")));
    }

    [Fact]
    public void Many_ids_at_once_are_no_problem()
    {
        var ids = Enumerable.Range(0, 40_000).Select(i => new TaskId($"task_{i}")).ToList();

        Assert.Empty(_running.Index.Find(ids));
    }
}
