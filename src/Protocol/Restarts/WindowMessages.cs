namespace Orchestrator.Protocol.Restarts;

/// <summary>A wish about windows. Answered by an <see cref="IWindowReply"/> after the write.</summary>
public interface IWindowCommand;

/// <summary>The commands of windows.</summary>
public static class WindowCommands
{
    /// <summary>Asks for work within the next planned restart. While another request waits, this one is added to it.</summary>
    public sealed record Ask(CommandId CommandId, string By, WindowWish Wish) : IWindowCommand;

    /// <summary>It has been run.</summary>
    public sealed record Finish(CommandId Window, string By, double Ms, IReadOnlyList<WindowResult> Results) : IWindowCommand;

    /// <summary>A process that had begun it has ended.</summary>
    public sealed record Interrupt(CommandId Window, string By, string Cause) : IWindowCommand;
}

/// <summary>What can be asked about windows.</summary>
public static class WindowQueries
{
    /// <summary>Asks for those that are remembered; answered by <see cref="WindowReplies.History"/>.</summary>
    public sealed record GetHistory;
}

/// <summary>The answer to an <see cref="IWindowCommand"/>.</summary>
public interface IWindowReply;

/// <summary>The answers about windows.</summary>
public static class WindowReplies
{
    /// <summary>It is so and on disk.</summary>
    /// <param name="Window">The window that the command was about; null when it was about none.</param>
    public sealed record Accepted(Window? Window) : IWindowReply;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(Refusal Refusal) : IWindowReply;

    /// <summary>The last windows, oldest first.</summary>
    public sealed record History(IReadOnlyList<Window> Windows) : IWindowReply;
}
