namespace Orchestrator.Front;

/// <summary>What a look at the backend's silence calls for.</summary>
internal enum Silence
{
    None,
    /// <summary>It is to be asked whether it lives.</summary>
    Ask,
    /// <summary>It was asked and says nothing.</summary>
    Unbroken,
}

/// <summary>
/// Whether a backend still lives that neither answers nor goes away. Time is given in milliseconds. It does not suspect a backend when this process
/// itself was held up: a machine that slept, or one that is short of time, has stalled both.
/// </summary>
internal sealed class Liveness
{
    /// <summary>How often to look, at least, while the client waits for something.</summary>
    public const int BusyPeriod = 1_000;

    /// <summary>
    /// How often to look while there is no backend: only for requests that have waited too long. A thousand fronts that looked oftener would take the
    /// processors from the one backend that they all wait for.
    /// </summary>
    public const int OutagePeriod = 1_000;

    /// <summary>How often to look otherwise.</summary>
    public const int IdlePeriod = 5_000;

    // Looked at when there is something to find: after one second, and when the answer is due. Known to be silent after less than three.
    private const int AskAfter = 1_000;
    private const int AnswerWithin = 1_700;
    private const int ShortestPeriod = 250;
    private const int Stall = 1_000;

    private long _lookedAt;
    private long _askedAt;

    /// <summary>When to look again, from the last look on.</summary>
    public int Period { get; private set; }

    /// <summary>A backend has said hello.</summary>
    public void Begin(long now) => (_lookedAt, _askedAt, Period) = (now, 0, IdlePeriod);

    /// <param name="now">The time.</param>
    /// <param name="heardAt">When the backend was heard last.</param>
    /// <param name="isListening">False while our own client keeps us from reading what the backend may have said.</param>
    /// <param name="longest">When the next look is due at the latest.</param>
    public Silence Look(long now, long heardAt, bool isListening, int longest)
    {
        var silence = Judge(now, heardAt, isListening, wasHeldUp: now - _lookedAt > Period + Stall);
        var due = _askedAt != 0 ? _askedAt + AnswerWithin : heardAt + AskAfter;
        (_lookedAt, Period) = (now, longest > BusyPeriod ? longest : (int)Math.Clamp(due - now, ShortestPeriod, longest));
        return silence;
    }

    private Silence Judge(long now, long heardAt, bool isListening, bool wasHeldUp)
    {
        if (wasHeldUp || !isListening || heardAt >= _askedAt)
        {
            _askedAt = 0;
        }

        if (_askedAt != 0)
        {
            return now - _askedAt >= AnswerWithin ? Silence.Unbroken : Silence.None;
        }

        if (!isListening || (now - heardAt < AskAfter && !wasHeldUp))
        {
            return Silence.None;
        }

        _askedAt = now;
        return Silence.Ask;
    }
}
