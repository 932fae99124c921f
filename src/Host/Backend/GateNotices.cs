using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>Tells one front why the gate does not open, whenever that is decided; the front tells the person behind it.</summary>
internal sealed class GateNotices : IDisposable
{
    private readonly Gate _gate;
    private readonly FrameStream _frames;

    public GateNotices(Gate gate, FrameStream frames)
    {
        (_gate, _frames) = (gate, frames);
        gate.Decided += Tell;
        Tell(gate.State);
    }

    public void Dispose() => _gate.Decided -= Tell;

    private void Tell(GateState state)
    {
        if (state.Refusal is { } refusal)
        {
            _ = Send(refusal);
        }
    }

    private async Task Send(Refusal refusal)
    {
        try
        {
            await _frames.WriteAsync(FrameKind.Notice, 0, 0, RefusalJson.ToUtf8(refusal), CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The front has gone; the next one hears it.
        }
    }
}
