namespace Orchestrator.Protocol.Wire;

/// <summary>
/// How a front learns how far its client has been told what happens: by a number beside each message to the client and beside the answer to
/// <c>logging/setLevel</c>. It says the last one to the next backend when it repeats that request there.
/// </summary>
public static class NewsPosition
{
    /// <summary>The member of <c>_meta</c> that holds the position.</summary>
    public const string Member = "orchestrator/news";
}
