namespace Orchestrator.Protocol.Restarts;

/// <summary>A fact about work within restarts. Its <see cref="IStoredEvent.CommandId"/> is the request that the window began with.</summary>
public interface IWindowEvent : IStoredEvent;

/// <summary>The facts of windows.</summary>
public static class WindowEvents
{
    /// <summary>Somebody wants work done within the next planned restart.</summary>
    /// <param name="CommandId">The request.</param>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    /// <param name="Wish">What.</param>
    public sealed record Asked(CommandId CommandId, string By, DateTimeOffset At, WindowWish Wish) : IWindowEvent;

    /// <summary>It has been run.</summary>
    /// <param name="CommandId">The window.</param>
    /// <param name="By">The process.</param>
    /// <param name="At">When it was over.</param>
    /// <param name="Ms">How long it took.</param>
    /// <param name="Results">Each piece of work.</param>
    public sealed record Ran(CommandId CommandId, string By, DateTimeOffset At, double Ms, IReadOnlyList<WindowResult> Results) : IWindowEvent;

    /// <summary>A process has ended in the middle of it.</summary>
    /// <param name="CommandId">The window.</param>
    /// <param name="By">Who found it so.</param>
    /// <param name="At">When.</param>
    /// <param name="Cause">What is known.</param>
    /// <param name="IsGivenUp">Whether it is tried again.</param>
    public sealed record CutOff(CommandId CommandId, string By, DateTimeOffset At, string Cause, bool IsGivenUp) : IWindowEvent;
}
