using System.Collections.Immutable;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>
/// The commands a task remembers, with enough to answer them again. It forgets the oldest, but never that it forgot: a command
/// that may be a forgotten one is refused, not applied a second time.
/// </summary>
/// <param name="Answers">What each remembered command was answered.</param>
/// <param name="Order">The remembered commands, oldest first.</param>
/// <param name="Forgotten">Highest forgotten sequence number by client. A client numbers its requests upwards, so anything at or below it is old.</param>
public sealed record CommandMemory(
    ImmutableDictionary<CommandId, CommandAnswer> Answers, ImmutableQueue<CommandId> Order, ImmutableDictionary<string, long> Forgotten)
{
    /// <summary>Commands remembered per task. A front re-sends only what is unanswered, at most 45 s old: far fewer.</summary>
    public const int Capacity = 128;

    /// <summary>Nothing seen yet.</summary>
    public static readonly CommandMemory Empty = new(
        ImmutableDictionary<CommandId, CommandAnswer>.Empty, ImmutableQueue<CommandId>.Empty, ImmutableDictionary<string, long>.Empty);

    /// <summary>Whether this command may have been applied and forgotten.</summary>
    public bool MayHaveForgotten(CommandId command) => Forgotten.TryGetValue(command.Client, out var last) && command.Sequence <= last;

    /// <summary>Remembers, or brings up to date, what the command was answered.</summary>
    public CommandMemory Remember(CommandId command, CommandAnswer answer)
    {
        if (Answers.ContainsKey(command))
        {
            return this with { Answers = Answers.SetItem(command, answer) };
        }

        var order = Order.Enqueue(command);
        var answers = Answers.Add(command, answer);
        var forgotten = Forgotten;
        if (answers.Count > Capacity)
        {
            order = order.Dequeue(out var oldest);
            answers = answers.Remove(oldest);
            forgotten = forgotten.SetItem(oldest.Client, Math.Max(oldest.Sequence, forgotten.GetValueOrDefault(oldest.Client)));
        }

        return new CommandMemory(answers, order, forgotten);
    }
}

/// <summary>What an accepted command was answered.</summary>
public sealed record CommandAnswer(long Revision, TaskPhase Phase, ClaimGrant? Claim);
