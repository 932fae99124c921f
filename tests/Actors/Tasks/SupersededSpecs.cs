using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>Another process has taken over the database: this one writes nothing more, says so, and promises nothing that it cannot keep.</summary>
public sealed class SupersededSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task A_superseded_process_acknowledges_nothing_and_ends()
    {
        var plan = Given.Plan();
        await _running.Accepted(plan);
        var command = Given.NewCommand();
        var position = _running.Index.Position();
        var inbox = Inbox.Create(_running.System);
        _running.System.EventStream.Subscribe(inbox.Receiver, typeof(Superseded));

        SqliteStore.Open(_running.Database).TakeEpoch("another process", _running.Clock.GetUtcNow());

        Assert.Equal(RefusalCode.OutcomeUnknown, (await _running.Refused(Given.Claim(plan.TaskId))).Code);
        Assert.IsType<Superseded>(await inbox.ReceiveAsync(TimeSpan.FromSeconds(10)));
        Assert.IsType<SessionReplies.Refused>(await _running.Sessions.Send(
            new SessionCommands.Open(DerivedId.Session(command), command, Given.Worker, null, 1), CancellationToken.None));
        Assert.IsType<Superseded>(await inbox.ReceiveAsync(TimeSpan.FromSeconds(10)));

        await _running.Restart();
        Assert.Equal(position, _running.Index.Position());
        Assert.Equal(TaskPhase.Pending, (await _running.Tasks.Details(plan.TaskId, CancellationToken.None))!.Phase);
    }
}
