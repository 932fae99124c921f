namespace Orchestrator.Front;

/// <summary>A request of the client that has no answer yet.</summary>
internal sealed class PendingRequest(JsonLine line, long sequence, long heldSince)
{
    public JsonLine Line { get; } = line;

    /// <summary>Its number, which it keeps however often it is sent.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>Since when it waits for a backend, in milliseconds.</summary>
    public long HeldSince { get; set; } = heldSince;

    /// <summary>The generation of the backend that has it; 0 when none ever had it.</summary>
    public int Generation { get; set; }

    /// <summary>The next one that the client sent under the same id while this one was open.</summary>
    public PendingRequest? SameId { get; set; }
}

/// <summary>What the client waits for, in the order of its asking.</summary>
internal sealed class PendingRequests
{
    // What a request takes beside its bytes; many small ones must count as well.
    private const int Overhead = 512;

    private readonly SortedDictionary<long, PendingRequest> _inOrder = [];
    private readonly Dictionary<string, PendingRequest> _byId = new(StringComparer.Ordinal);

    public int Count => _inOrder.Count;

    /// <summary>Memory that they take, about.</summary>
    public long Bytes { get; private set; }

    public IEnumerable<PendingRequest> InOrder => _inOrder.Values;

    public void Add(PendingRequest request)
    {
        _inOrder.Add(request.Sequence, request);
        Bytes += request.Line.Bytes.Length + Overhead;
        if (_byId.TryAdd(request.Line.Id!, request))
        {
            return;
        }

        var last = _byId[request.Line.Id!];
        while (last.SameId is { } next)
        {
            last = next;
        }

        last.SameId = request;
    }

    /// <summary>The request that has this id, no longer waiting; of several the oldest. Null when none waits.</summary>
    public PendingRequest? Take(string id)
    {
        if (!_byId.Remove(id, out var request))
        {
            return null;
        }

        if (request.SameId is { } next)
        {
            _byId.Add(id, next);
        }

        _inOrder.Remove(request.Sequence);
        Bytes -= request.Line.Bytes.Length + Overhead;
        return request;
    }

    /// <summary>All of them, none of which waits any longer.</summary>
    public PendingRequest[] TakeAll()
    {
        PendingRequest[] all = [.. _inOrder.Values];
        _inOrder.Clear();
        _byId.Clear();
        Bytes = 0;
        return all;
    }
}
