namespace Orchestrator.Front;

/// <summary>
/// Whether the tools are still those that the client was told. Asked only when another build serves: a restart to the same build must not be
/// seen.
/// </summary>
internal sealed class ToolListWatch
{
    private string? _build;
    private ulong _seen;

    /// <summary><c>params</c> with which the client asked for the list.</summary>
    public ReadOnlyMemory<byte> Params { get; private set; }

    /// <summary>Remembers the list, if this is one. Of a list of several pages, the first.</summary>
    public void Learn(JsonLine request, JsonLine reply, string build)
    {
        if (request.Method == "tools/list" && !request.HasCursor && reply.ToolsAt.Length > 0)
        {
            (_build, _seen, Params) = (build, Hash(reply), request.Params);
        }
    }

    /// <summary>True when the client has a list that this build may not have.</summary>
    public bool MustAsk(string build) => _build is not null && _build != build;

    /// <summary>The list of the new build has come. True when the client has another one.</summary>
    public bool IsChanged(JsonLine reply, string build)
    {
        if (reply.ToolsAt.Length == 0)
        {
            return false;
        }

        var before = _seen;
        (_build, _seen) = (build, Hash(reply));
        return before != _seen;
    }

    // FNV-1a: it need only tell two lists of one product apart.
    private static ulong Hash(JsonLine reply)
    {
        var hash = 14695981039346656037;
        foreach (var value in reply.Slice(reply.ToolsAt).Span)
        {
            hash = (hash ^ value) * 1099511628211;
        }

        return hash;
    }
}
