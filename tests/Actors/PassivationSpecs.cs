using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests;

/// <summary>The idle leave the memory, and nobody notices.</summary>
public sealed class PassivationSpecs : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start("orchestrator.tasks.passivate-after = 5ms");

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task An_idle_task_leaves_and_comes_back_as_it_was()
    {
        var plan = Given.Plan();
        await _running.Accepted(plan);

        await Gone(_running.TaskRouter, plan.TaskId.Value);

        Assert.Equal(plan.Definition.Title, (await _running.Tasks.Details(plan.TaskId, CancellationToken.None))!.Definition.Title);
        await Gone(_running.TaskRouter, plan.TaskId.Value);
    }

    [Fact]
    public async Task An_idle_session_leaves_and_comes_back_as_it_was()
    {
        var id = Given.NewCommand();
        var open = new SessionCommands.Open(DerivedId.Session(id), id, Given.Worker, "/work", 3);
        var ready = await _running.Sessions.Send(open, CancellationToken.None);

        await Gone(_running.SessionRouter, open.SessionId.Value);

        Assert.Equal(ready, await _running.Sessions.Send(open, CancellationToken.None));
    }

    [Fact]
    public async Task Messages_that_meet_a_leaving_task_are_answered()
    {
        var plans = Enumerable.Range(0, 10).Select(_ => Given.Plan()).ToList();

        var refused = await Task.WhenAll(plans.Select(async (plan, n) =>
        {
            await _running.Accepted(plan);
            var sent = new List<ITaskReply>();
            for (var i = 0; i < 50; i++)
            {
                await Pause(n + i);
                sent.Add(await _running.Send(Given.Update(plan.TaskId, new TaskChanges { Note = $"{i}" })).WaitAsync(Patience));
            }

            return sent.OfType<TaskReplies.Refused>().ToList();
        }));

        Assert.Empty(refused.SelectMany(r => r));
        Assert.All(_running.Index.Find([.. plans.Select(p => p.TaskId)]), row => Assert.Equal(51, row.Revision));
    }

    /// <summary>Around the time after which a task leaves, a little different each time.</summary>
    private static Task Pause(int i)
    {
        var passed = new TaskCompletionSource();
        var timer = new Timer(_ => passed.TrySetResult(), null, 3 + (i % 5), Timeout.Infinite);
        return passed.Task.ContinueWith(_ => timer.Dispose(), TaskScheduler.Default);
    }

    private async Task Gone(IActorRef router, string id)
    {
        var inbox = Inbox.Create(_running.System);
        try
        {
            inbox.Watch(await _running.System.ActorSelection(router.Path / id).ResolveOne(Patience));
            Assert.IsType<Terminated>(await inbox.ReceiveAsync(Patience));
        }
        catch (ActorNotFoundException)
        {
            // It has left already.
        }
    }
}
