namespace Orchestrator.Protocol;

/// <summary>
/// The refusal of a request that is older than what its task remembers. Whoever numbers the requests of one key upwards and sends none before the
/// one before it is answered knows more than the refusal says: the task forgets only what it has done.
/// </summary>
public static class Forgotten
{
    private const string Start = "This request is older than what ";

    /// <summary>The refusal.</summary>
    public static Refusal Of(string id) => new(
        RefusalCode.OutcomeUnknown, $"{Start}{id} remembers; whether it took effect before cannot be said.",
        "Look at the task with orchestrator_query_tasks, then ask again if it is still needed.");

    /// <summary>Whether a refusal is this one; others of the same code are an error of the disk, or silence.</summary>
    public static bool Is(Refusal refusal) =>
        refusal.Code == RefusalCode.OutcomeUnknown && refusal.Message.StartsWith(Start, StringComparison.Ordinal);
}
