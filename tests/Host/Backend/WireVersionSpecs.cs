using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Tests.Backend;

/// <summary>Fronts of other builds: those of the version before are served, those that cannot be hear why, and nobody is killed.</summary>
public sealed class WireVersionSpecs : IAsyncLifetime
{
    private ServedStore _served = null!;

    public Task InitializeAsync()
    {
        _served = new ServedStore();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _served.DisposeAsync();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 99)]
    [InlineData(Hello.Version, Hello.Version)]
    [InlineData(Hello.Version - 1, Hello.Version - 1)]
    public async Task A_front_that_speaks_a_version_of_ours_is_served(int oldest, int newest)
    {
        await using var front = await _served.Connect(with: hello => hello with { MinVersion = oldest, MaxVersion = newest, Build = "other" });
        Assert.Equal(FrameKind.Hello, front.First.Kind);
        Assert.Equal((Hello.OldestVersion, Hello.Version), (Hello.Parse(front.First.Payload.Span).MinVersion, Hello.Parse(front.First.Payload.Span).MaxVersion));
        var planned = await front.Call("plan_task", new { title = "t", description = "d" });
        var again = await front.Call("plan_task", new { title = "t", description = "d" }, planned.Sequence);
        Assert.Equal(planned["task_id"], again["task_id"]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Hello.Version + 1, 99)]
    public async Task A_front_without_a_version_in_common_hears_both_builds_and_what_to_do_and_others_go_on(int oldest, int newest)
    {
        await using var other = await _served.Connect();
        await using var front = await _served.Connect("1" + new string('0', 31), with: hello => hello with { MinVersion = oldest, MaxVersion = newest, Build = "9.9.9" });
        Assert.Equal(FrameKind.Refuse, front.First.Kind);
        var refusal = RefusalJson.Parse(front.First.Payload.Span);
        Assert.Equal(RefusalCode.ProtocolMismatch, refusal.Code);
        Assert.Contains("9.9.9", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(BuildInfo.Build, refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.NextStep);
        Assert.Null((await other.Call("plan_task", new { title = "t", description = "d" })).Error);
    }

    [Fact]
    public async Task Who_only_looks_hears_where_the_gate_stands_and_is_let_go()
    {
        await using var front = await _served.Connect();
        Assert.Null((await front.Call("plan_task", new { title = "t", description = "d" })).Error);
        await using var look = await _served.Connect("2" + new string('0', 31), with: hello => hello with { Looks = true });
        var told = Hello.Parse(look.First.Payload.Span);
        Assert.Equal("open", told.Gate);
        Assert.NotNull(told.Fronts);
        await Assert.ThrowsAnyAsync<Exception>(() => look.Call("get_status", new { }));
        Assert.Null(Hello.Parse(front.First.Payload.Span).Gate);
    }

    [Fact]
    public async Task A_front_of_another_data_directory_hears_which_one_this_is()
    {
        await using var front = await _served.Connect(with: hello => hello with { DataDirectory = "another" });
        Assert.Contains(_served.Location.Path, RefusalJson.Parse(front.First.Payload.Span).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_of_a_kind_that_is_not_known_yet_are_passed_over()
    {
        await using var front = await _served.Connect();
        await front.Frame((FrameKind)200, 0, "from the future"u8.ToArray());
        await front.Frame(FrameKind.Hello, 0, "again"u8.ToArray());
        Assert.Null((await front.Call("plan_task", new { title = "t", description = "d" })).Error);
    }

    [Fact]
    public async Task A_front_that_asks_for_a_sign_of_life_gets_it()
    {
        await using var front = await _served.Connect();
        await front.Frame(FrameKind.Ack, FrameHeader.AskForAck);
        var answer = await front.Next();
        Assert.Equal((FrameKind.Ack, FrameHeader.AnswerToAck), (answer.Kind, answer.Sequence));
    }
}
