using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front;

/// <summary>What can happen to a relay. Everything happens in one place, one after the other.</summary>
internal abstract record RelayEvent
{
    public sealed record ClientLine(JsonLine Line) : RelayEvent;

    /// <summary>A line over the limit; only its id is known, or not even that.</summary>
    public sealed record ClientLineTooLong(byte[]? RawId) : RelayEvent;

    public sealed record ClientEnded : RelayEvent;

    /// <summary>The client no longer reads, or has waited long enough after its end.</summary>
    public sealed record Stop : RelayEvent;

    public sealed record BackendReady(BackendLink Link) : RelayEvent;

    public sealed record BackendLine(BackendLink Link, JsonLine Line) : RelayEvent;

    /// <summary>Why a backend does not serve; without a link: why there is none.</summary>
    public sealed record BackendRefused(BackendLink? Link, Refusal Refusal) : RelayEvent;

    /// <summary>A backend is about to hand over to another process; without a notice: it serves on after all.</summary>
    public sealed record BackendHolds(BackendLink Link, HoldNotice? Notice) : RelayEvent;

    public sealed record BackendLost(BackendLink Link) : RelayEvent;

    public sealed record Tick : RelayEvent;
}
