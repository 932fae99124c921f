using Orchestrator.Actors.Idempotency;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;

namespace Orchestrator.Actors.Tests.Idempotency;

public sealed class KeyStateSpecs
{
    private static readonly KeyId Id = DerivedId.Key("orchestrator_plan_task", "my key");
    private static readonly CommandId First = new("a", 1);
    private static readonly CommandId Second = new("b", 9);
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_second_attempt_goes_on_under_the_command_of_the_first() =>
        Assert.Equal(new KeyReplies.Go(Id, First), Reply(Begun(), Begin(Second)));

    [Fact]
    public void What_was_answered_is_answered_again() => Assert.Equal(
        new KeyReplies.Answered(Id, "line", "{}"), Reply(Begun().After(new KeyCommands.Record(Id, First, "w", "line", "{}")), Begin(Second)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Other_arguments_are_refused_whether_the_first_call_was_answered_or_not(bool answered)
    {
        var state = answered ? Begun().After(new KeyCommands.Record(Id, First, "w", "line", "{}")) : Begun();
        var refused = Assert.IsType<KeyReplies.Refused>(Reply(state, Begin(Second, "other")));
        Assert.Equal(RefusalCode.IdempotencyConflict, refused.Refusal.Code);
    }

    [Fact]
    public void A_call_that_was_refused_leaves_its_key_free_for_another_one() =>
        Assert.Equal(new KeyReplies.Go(Id, Second), Begun().After(new KeyCommands.Free(Id, First, "w")).Written(Begin(Second, "other")));

    [Fact]
    public void An_answer_is_recorded_once_and_only_of_the_call_that_the_key_stands_for()
    {
        Assert.Null(Begun().Decide(new KeyCommands.Record(Id, Second, "w", "line", "{}"), Now).Event);
        Assert.Null(new KeyState(Id).Decide(new KeyCommands.Record(Id, First, "w", "line", "{}"), Now).Event);
        var answered = Begun().After(new KeyCommands.Record(Id, First, "w", "line", "{}"));
        Assert.Null(answered.Decide(new KeyCommands.Record(Id, First, "w", "another", "{}"), Now).Event);
        Assert.Null(answered.Decide(new KeyCommands.Free(Id, First, "w"), Now).Event);
    }

    [Fact]
    public void A_key_of_another_tool_is_another_key()
    {
        Assert.NotEqual(Id, DerivedId.Key("orchestrator_update_task", "my key"));
        Assert.NotEqual(DerivedId.Key("a", "b\nc"), DerivedId.Key("a\nb", "c x"));
        Assert.Equal(Id, DerivedId.Key("orchestrator_plan_task", "my key"));
        Assert.Equal(30, Id.Value.Length);
    }

    private static KeyState Begun() => new KeyState(Id).After(Begin(First));

    private static KeyCommands.Begin Begin(CommandId command, string arguments = "same") => new(Id, command, "w", arguments);

    private static IKeyReply? Reply(KeyState state, IKeyCommand command) => state.Decide(command, Now).Reply;
}

internal static class KeyHistory
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static KeyState After(this KeyState state, IKeyCommand command) => state.Apply(state.Decide(command, Now).Event!);

    public static IKeyReply Written(this KeyState state, IKeyCommand command) => state.Reply(state.Decide(command, Now).Event!);
}
