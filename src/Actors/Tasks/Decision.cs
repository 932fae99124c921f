using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>What a command leads to: facts to write and then an answer, or a refusal that writes nothing.</summary>
public sealed record Decision
{
    private Decision(IReadOnlyList<ITaskEvent> events, ITaskReply? repeated, Refusal? refusal) =>
        (Events, Repeated, Refusal) = (events, repeated, refusal);

    /// <summary>The facts to write, in order, in one atomic write.</summary>
    public IReadOnlyList<ITaskEvent> Events { get; }

    /// <summary>The answer given before, when the command is a repetition.</summary>
    public ITaskReply? Repeated { get; }

    /// <summary>Why nothing is done.</summary>
    public Refusal? Refusal { get; }

    internal static Decision Accept(params IReadOnlyList<ITaskEvent> events) => new(events, null, null);

    internal static Decision Repeat(ITaskReply reply) => new([], reply, null);

    internal static Decision Refuse(string code, string message, string nextStep) => new([], null, new Refusal(code, message, nextStep));
}
