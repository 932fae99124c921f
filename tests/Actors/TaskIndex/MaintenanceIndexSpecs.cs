using Microsoft.Data.Sqlite;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>What hangs in the air, found in tables that somebody has damaged: no command leaves them so.</summary>
public sealed class MaintenanceIndexSpecs
{
    [Fact]
    public async Task Subtasks_whose_parent_is_gone_and_dependencies_on_nothing_are_found_within_their_scope()
    {
        await using var running = await RunningOrchestrator.Start();
        var plan = Given.Plan("root").WithSubtasks("a", "b");
        var failed = Given.Plan("failed");
        var onFailed = Given.Plan("on failed", new Dependency(failed.TaskId));
        var onGone = Given.Plan("on gone", new Dependency(plan.TaskId));
        foreach (var command in (ITaskCommand[])[plan, failed, onFailed, onGone, Given.Update(failed.TaskId, new TaskChanges { Phase = TaskPhase.Failed })])
        {
            await running.Accepted(command);
        }

        await running.Close();
        using (var connection = new SqliteConnection($"Data Source={running.Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"DELETE FROM task_index WHERE task_id = '{plan.TaskId}'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        await running.Open();
        var index = running.Index;
        var parts = plan.Subtasks.Select(s => s.TaskId).ToList();

        var orphans = index.Orphans(MaintenanceScope.Everything, 1);
        Assert.Equal(2, orphans.Total);
        Assert.Contains(Assert.Single(orphans.First).TaskId, parts);
        Assert.Equal(parts[1], Assert.Single(index.Orphans(new MaintenanceScope(null, [parts[1], failed.TaskId]), 10).First).TaskId);
        Assert.Equal(0, index.Orphans(new MaintenanceScope(new SessionId("ses_0000000000000"), null), 10).Total);

        var broken = index.BrokenDependencies(MaintenanceScope.Everything, 10);
        Assert.Equal(
            [(onFailed.TaskId, failed.TaskId, TaskPhase.Failed), (onGone.TaskId, plan.TaskId, TaskPhase.None)],
            broken.First.Select(b => (b.Task.TaskId, b.On, b.Phase)));
        Assert.Equal(onGone.TaskId, Assert.Single(index.BrokenDependencies(new MaintenanceScope(null, [onGone.TaskId]), 10).First).Task.TaskId);
    }
}
