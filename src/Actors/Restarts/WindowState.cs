using System.Collections.Immutable;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Actors.Restarts;

/// <summary>The windows of one data directory as their facts tell them. Pure. At most one waits.</summary>
public sealed record WindowState
{
    /// <summary>How many are remembered. The journal keeps all.</summary>
    public const int Remembered = 20;

    /// <summary>How often a process may end in the middle of one before it is given up: its work may be what ends it.</summary>
    public const int Attempts = 2;

    /// <summary>The longest budget: calls are held meanwhile, and a front holds them for 45 s.</summary>
    public const int LongestBudgetSeconds = 30;

    /// <summary>The last windows, oldest first.</summary>
    public ImmutableList<Window> History { get; init; } = [];

    /// <summary>The one that waits for a restart.</summary>
    public Window? Pending => History.Count > 0 && History[^1].Phase == WindowPhase.Pending ? History[^1] : null;

    /// <summary>The last one that is over.</summary>
    public Window? Last => History.FindLast(w => w.Phase != WindowPhase.Pending);

    /// <summary>The window that a request began or was added to.</summary>
    public Window? Find(CommandId request) => History.FindLast(w => w.Id == request || w.Joined.Contains(request));

    /// <summary>What a command leads to: a fact to write; null when it is so already.</summary>
    public IWindowEvent? Decide(IWindowCommand command, DateTimeOffset now) => command switch
    {
        WindowCommands.Ask ask => Find(ask.CommandId) is null ? new WindowEvents.Asked(ask.CommandId, ask.By, now, ask.Wish) : null,
        WindowCommands.Finish done => Pending?.Id == done.Window ? new WindowEvents.Ran(done.Window, done.By, now, done.Ms, done.Results) : null,
        WindowCommands.Interrupt cut => Pending is { } pending && pending.Id == cut.Window
            ? new WindowEvents.CutOff(cut.Window, cut.By, now, cut.Cause, pending.CutOff + 1 >= Attempts)
            : null,
        _ => throw new NotSupportedException($"Windows: no rule for command {command.GetType().Name}."),
    };

    /// <summary>The state after <paramref name="e"/>.</summary>
    public WindowState Apply(IWindowEvent e) => e switch
    {
        WindowEvents.Asked x when Pending is { } pending => Replace(pending with
        {
            Joined = [.. pending.Joined, x.CommandId],
            Wish = new WindowWish(
                [.. pending.Wish.Work.Union(x.Wish.Work).Order()], Math.Max(pending.Wish.BudgetSeconds, x.Wish.BudgetSeconds)),
        }),
        WindowEvents.Asked x => Add(new Window(x.CommandId, x.By, x.At, x.Wish)),
        WindowEvents.Ran x => Replace(Pending! with { Phase = WindowPhase.Ran, EndedAt = x.At, Ms = x.Ms, Results = x.Results }),
        WindowEvents.CutOff x => Replace(Pending! with
        {
            Phase = x.IsGivenUp ? WindowPhase.Failed : WindowPhase.Pending,
            CutOff = Pending.CutOff + 1,
            Cause = x.Cause,
            EndedAt = x.IsGivenUp ? x.At : null,
        }),
        _ => throw new NotSupportedException($"Windows: no rule for event {e.GetType().Name}."),
    };

    private WindowState Add(Window window) => this with { History = (History.Count < Remembered ? History : History.RemoveAt(0)).Add(window) };

    private WindowState Replace(Window window) => this with { History = History.SetItem(History.Count - 1, window) };
}
