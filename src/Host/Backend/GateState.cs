using System.Globalization;
using Orchestrator.Protocol;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Backend;

/// <summary>Where the way to the data stands.</summary>
internal enum GatePhase
{
    /// <summary>The database is being opened: a moment.</summary>
    Opening,
    /// <summary>The database is being upgraded, or its read model filled anew. Calls wait.</summary>
    Migrating,
    /// <summary>Calls are served.</summary>
    Open,
    /// <summary>Safe mode: calls are refused, the status says why.</summary>
    Refused,
}

/// <summary>What anybody may see of the gate at any moment, without waiting for it.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="What">It in words; empty when it is open.</param>
/// <param name="Progress">The last word of the upgrade while there is one.</param>
/// <param name="Refusal">Why it does not open.</param>
internal sealed record GateState(GatePhase Phase, string What, UpgradeProgress? Progress = null, Refusal? Refusal = null)
{
    public static readonly GateState Opening = new(GatePhase.Opening, "opening the database");
    public static readonly GateState Open = new(GatePhase.Open, "");

    /// <summary>For one who looks at it: <c>open</c>, <c>opening</c>, <c>closed: </c> and why, or how far a migration is.</summary>
    public string Word => Phase switch
    {
        GatePhase.Open => "open",
        GatePhase.Opening => "opening",
        GatePhase.Refused => $"closed: {Refusal!.Message} [{Refusal.Code}]",
        _ => What,
    };

    /// <summary>Such as <c>migrating: rebuild table orders: step 3 of 5, 40 %</c>.</summary>
    public static GateState Migrating(UpgradeProgress progress)
    {
        var step = progress.Of > 0 ? string.Create(CultureInfo.InvariantCulture, $": step {progress.Step} of {progress.Of}") : "";
        var percent = progress.Percent is { } p ? string.Create(CultureInfo.InvariantCulture, $"{(step.Length > 0 ? ", " : ": ")}{p} %") : "";
        return new GateState(GatePhase.Migrating, $"migrating: {progress.What}{step}{percent}", progress);
    }

    public static GateState Closed(Refusal refusal) => new(GatePhase.Refused, $"safe mode: {refusal.Code}", null, refusal);
}
