namespace Orchestrator.Front;

/// <summary>A request of the client that has no answer yet.</summary>
internal sealed class PendingRequest(JsonLine line, long sequence, long heldSince, Batch? batch = null)
{
    public JsonLine Line { get; } = line;

    /// <summary>Its number, which it keeps however often it is sent.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>The batch that its answer belongs to.</summary>
    public Batch? Batch { get; } = batch;

    /// <summary>Since when it waits for a backend that serves, in milliseconds.</summary>
    public long HeldSince { get; set; } = heldSince;

    /// <summary>The generation of the backend that has it; 0 when none ever had it.</summary>
    public int Generation { get; set; }

    /// <summary>How many backends in a row have died with it.</summary>
    public int Deaths { get; set; }

    /// <summary>How many of them had nothing else.</summary>
    public int Trials { get; set; }

    /// <summary>How long the last of these had it, in milliseconds.</summary>
    public long DiedAfter { get; set; }

    /// <summary>The last progress that the client has heard of.</summary>
    public double LastProgress { get; set; } = double.NegativeInfinity;

    /// <summary>What the subscription that it asks for was granted, and the subscription's id as it was spelled; null before that.</summary>
    public Grant? Granted { get; set; }

    /// <summary>A subscription's end that may be its backend's end only, and since when it is kept back.</summary>
    public (JsonLine Line, long Since)? Closing { get; set; }

    /// <summary>A subscription stays open for as long as its client likes; nobody waits for its answer.</summary>
    public bool IsSubscription => Line.Method == "subscriptions/listen";

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
    private readonly Dictionary<string, PendingRequest> _byToken = new(StringComparer.Ordinal);
    private int _subscriptions;

    public int Count => _inOrder.Count;

    /// <summary>Those of them that will be answered.</summary>
    public int Awaited => _inOrder.Count - _subscriptions;

    /// <summary>Memory that they take, about.</summary>
    public long Bytes { get; private set; }

    public IEnumerable<PendingRequest> InOrder => _inOrder.Values;

    public IEnumerable<PendingRequest> Subscriptions => _subscriptions == 0 ? [] : _inOrder.Values.Where(request => request.IsSubscription);

    /// <summary>The number of the oldest one that will be answered.</summary>
    public long OldestAwaited => Awaited == 0 ? long.MaxValue : _inOrder.Values.First(request => !request.IsSubscription).Sequence;

    public void Add(PendingRequest request)
    {
        _inOrder.Add(request.Sequence, request);
        Bytes += request.Line.Bytes.Length + Overhead;
        _subscriptions += request.IsSubscription ? 1 : 0;
        if (request.Line.ProgressToken is { } token)
        {
            _byToken[token] = request;
        }

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

    /// <summary>The request that has this id; of several the oldest.</summary>
    public PendingRequest? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The request that wants to hear of its progress under this token.</summary>
    public PendingRequest? FindByToken(string token) => _byToken.GetValueOrDefault(token);

    /// <summary>It waits no longer, whatever else has its id.</summary>
    public void Remove(PendingRequest request)
    {
        var before = _byId[request.Line.Id!];
        if (before != request)
        {
            while (before.SameId != request)
            {
                before = before.SameId!;
            }

            before.SameId = request.SameId;
        }
        else if (request.SameId is { } next)
        {
            _byId[request.Line.Id!] = next;
        }
        else
        {
            _byId.Remove(request.Line.Id!);
        }

        _inOrder.Remove(request.Sequence);
        Bytes -= request.Line.Bytes.Length + Overhead;
        _subscriptions -= request.IsSubscription ? 1 : 0;
        if (request.Line.ProgressToken is { } token && _byToken.GetValueOrDefault(token) == request)
        {
            _byToken.Remove(token);
        }
    }
}
