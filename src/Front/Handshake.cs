namespace Orchestrator.Front;

/// <summary>
/// What the client has agreed with a backend on this connection, in revisions that have a handshake. A new backend is told the same.
/// </summary>
internal sealed class Handshake
{
    /// <summary>True when an <c>initialize</c> has been answered with a result.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The client's own <c>params</c> of <c>initialize</c>.</summary>
    public ReadOnlyMemory<byte> InitializeParams { get; private set; }

    /// <summary>The revision that the first backend agreed to.</summary>
    public string? ProtocolVersion { get; private set; }

    /// <summary>The client's <c>notifications/initialized</c>; empty until it has sent it.</summary>
    public ReadOnlyMemory<byte> Initialized { get; set; }

    /// <summary><c>params</c> of the last <c>logging/setLevel</c> that was granted.</summary>
    public ReadOnlyMemory<byte> LogLevelParams { get; private set; }

    /// <summary>The client has asked for a handshake: what was agreed before counts no more.</summary>
    public void Begin()
    {
        IsDone = false;
        Initialized = default;
        LogLevelParams = default;
    }

    /// <summary>Remembers what an answer settled.</summary>
    public void Learn(JsonLine request, JsonLine reply)
    {
        if (!reply.HasResult)
        {
            return;
        }

        switch (request.Method)
        {
            case "initialize":
                IsDone = true;
                InitializeParams = request.Params;
                ProtocolVersion = reply.ProtocolVersion;
                break;
            case "logging/setLevel":
                LogLevelParams = request.Params;
                break;
        }
    }
}
