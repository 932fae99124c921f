using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Actors.Restarts;

/// <summary>
/// The work that waits for a planned restart, and how the last such work went. Its events are also read without it: a window is run before there
/// are any actors.
/// </summary>
public sealed class WindowActor : ReceivePersistentActor
{
    /// <summary>Its name in the journal.</summary>
    public const string Id = "windows";

    private WindowState _state = new();
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>Made by <see cref="WindowsWiring.WithWindows"/>.</summary>
    public WindowActor(TimeProvider clock)
    {
        Recover<IWindowEvent>(e => _state = _state.Apply(e));
        Command<WindowQueries.GetHistory>(_ => Sender.Tell(new WindowReplies.History(_state.History)));
        Command<IWindowCommand>(command =>
        {
            if (_state.Decide(command, clock.GetUtcNow()) is not { } fact)
            {
                Sender.Tell(new WindowReplies.Accepted(command is WindowCommands.Ask ask ? _state.Find(ask.CommandId) : _state.Last));
                return;
            }

            _asker = Sender;
            Persist(fact, e =>
            {
                _state = _state.Apply(e);
                _asker.Tell(new WindowReplies.Accepted(_state.History[^1]));
            });
        });
    }

    /// <inheritdoc/>
    public override string PersistenceId => Id;

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Superseded.PublishIfFenced(Context.System, cause);

        _asker.Tell(new WindowReplies.Refused(new Refusal(
            RefusalCode.OutcomeUnknown, $"The write of the request failed: {cause.GetBaseException().Message}",
            "Ask orchestrator_restart_status what became of it.")));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }
}

/// <summary>The way to the windows for whoever is no actor.</summary>
public sealed class WindowGateway(IActorRef windows)
{
    /// <summary>Sends a command and waits until its effect is on disk.</summary>
    public Task<IWindowReply> Send(IWindowCommand command, CancellationToken cancellation = default) => windows.Ask<IWindowReply>(
        command,
        silence => new WindowReplies.Refused(new Refusal(
            RefusalCode.OutcomeUnknown, $"The journal of the windows {silence}", "Ask orchestrator_restart_status what became of it.")),
        cancellation);

    /// <summary>The last windows, oldest first.</summary>
    public async Task<IReadOnlyList<Window>> History(CancellationToken cancellation = default) =>
        (await windows.Ask<WindowReplies.History>(new WindowQueries.GetHistory(), Asking.Limit, cancellation)).Windows;
}

/// <summary>Wiring of the windows.</summary>
public static class WindowsWiring
{
    /// <summary>Starts <see cref="WindowActor"/>.</summary>
    public static AkkaConfigurationBuilder WithWindows(this AkkaConfigurationBuilder akka, TimeProvider clock) =>
        akka.WithActors((system, registry) => registry.Register<WindowActor>(
            system.ActorOf(AfterFailedWrites.Again(Props.Create(() => new WindowActor(clock))), "windows")));
}
