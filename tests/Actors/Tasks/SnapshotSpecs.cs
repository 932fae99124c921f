using System.Text.Json;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>A snapshot is a shortcut: with it, without it, and with one that cannot be read, a task is the same.</summary>
public sealed class SnapshotSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Theory]
    [InlineData(98, "as it is")]   // the next command writes events 100 and 101: the snapshot falls into the middle of it
    [InlineData(99, "as it is")]
    [InlineData(130, "as it is")]
    [InlineData(130, "UPDATE snapshot SET manifest = 'task-snapshot/99'")]
    [InlineData(130, "UPDATE snapshot SET snapshot = x'7B'")]
    [InlineData(130, "UPDATE snapshot SET serializer_id = 1")]
    [InlineData(130, "DELETE FROM snapshot")]
    public async Task A_task_is_the_same_after_a_restart(int notes, string meanwhile)
    {
        var plan = Given.Plan();
        await _running.Accepted(plan);
        for (var i = 0; i < notes; i++)
        {
            await _running.Accepted(Given.Update(plan.TaskId, new TaskChanges { Note = $"note {i}" }));
        }

        var claim = Given.Claim(plan.TaskId);
        var granted = await _running.Accepted(claim);
        var before = await Details(plan.TaskId);

        await _running.Close();
        await _running.Open(meanwhile == "as it is" ? null : meanwhile);

        Assert.Equal(JsonSerializer.Serialize(before), JsonSerializer.Serialize(await Details(plan.TaskId)));
        Assert.Equal(granted, await _running.Accepted(claim));
        Assert.Equal(notes + 3, before.Revision);
        await _running.Accepted(Given.Update(plan.TaskId, new TaskChanges { Note = "goes on" }, granted.Claim!.Token, before.Revision));
    }

    private async Task<TaskDetails> Details(TaskId task) => (await _running.Tasks.Details(task, CancellationToken.None))!;
}
