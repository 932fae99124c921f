using Orchestrator.Actors.Sessions;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Actors.Tests.Sessions;

public sealed class SessionSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task A_new_session_has_no_news()
    {
        var open = Open();

        Assert.Equal(new SessionReplies.Ready(open.SessionId, "/work", _running.Clock.GetUtcNow(), null), await Ready(open));
    }

    [Fact]
    public async Task A_session_that_comes_back_hears_what_happened_since_it_was_last_here()
    {
        var open = Open(position: 10);
        await Ready(open);
        var opened = _running.Clock.GetUtcNow();
        _running.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(new SessionReplies.Ready(open.SessionId, "/work", opened, 10), await Ready(Resume(open.SessionId, 25)));
        Assert.Equal(25, (await Ready(Resume(open.SessionId, 40))).NewsAfter);
    }

    [Fact]
    public async Task A_repeated_command_gets_the_same_answer_also_after_a_restart()
    {
        var open = Open(position: 10);
        var opened = await Ready(open);
        Assert.Equal(opened, await Ready(open));
        var resume = Resume(open.SessionId, 25);
        var resumed = await Ready(resume);

        await _running.Restart();

        Assert.Equal(resumed, await Ready(resume));
        Assert.Equal(25, (await Ready(Resume(open.SessionId, 40))).NewsAfter);
    }

    [Fact]
    public async Task A_session_that_was_never_opened_cannot_be_resumed() =>
        Assert.Equal(RefusalCode.SessionNotFound, (await Refused(Resume(new SessionId("ses_none"), 1))).Code);

    [Fact]
    public async Task A_session_is_not_opened_over_another_one()
    {
        var open = Open();
        await Ready(open);
        await Ready(Resume(open.SessionId, 2));

        Assert.Equal(RefusalCode.OutcomeUnknown, (await Refused(open)).Code);
        Assert.Equal(RefusalCode.OutcomeUnknown, (await Refused(open with { CommandId = Given.NewCommand() })).Code);
    }

    [Fact]
    public async Task Many_who_open_the_same_session_with_the_same_request_open_one()
    {
        var open = Open();

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Ready(open)));

        Assert.Single(replies.Distinct());
    }

    [Fact]
    public void An_event_of_an_unknown_kind_is_not_passed_over() =>
        Assert.Throws<NotSupportedException>(() => new SessionState(new SessionId("ses_a")).Apply(new FromTheFuture()));

    private static SessionCommands.Open Open(long position = 1)
    {
        var command = Given.NewCommand();
        return new SessionCommands.Open(DerivedId.Session(command), command, Given.Worker, "/work", position);
    }

    private static SessionCommands.Resume Resume(SessionId session, long position) => new(session, Given.NewCommand(), Given.Worker, position);

    private async Task<SessionReplies.Ready> Ready(ISessionCommand command) =>
        Assert.IsType<SessionReplies.Ready>(await _running.Sessions.Send(command, CancellationToken.None));

    private async Task<Refusal> Refused(ISessionCommand command) =>
        Assert.IsType<SessionReplies.Refused>(await _running.Sessions.Send(command, CancellationToken.None)).Refusal;

    private sealed record FromTheFuture : ISessionEvent
    {
        public SessionId SessionId => default;

        public CommandId CommandId => default;

        public string By => "";

        public DateTimeOffset At => default;
    }
}
