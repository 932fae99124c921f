using System.Globalization;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Backend;

/// <summary>
/// How many fronts may be here at once. The system lets a process open so many files, and a connection is one: without a limit of ours the last one
/// would leave none for the store, and the runtime ends a process that it cannot load code into.
/// </summary>
internal sealed class Places
{
    // Our own: some 220 for a program that has loaded all of its code, as counted; the rest for backups, work products, and those who only look.
    private const int Reserve = 320;
    private const int AtLeast = 8;

    private readonly Lazy<(long Most, long? Files)> _limit = new(() =>
        OpenFiles.Limit() is { } files ? (Math.Max(AtLeast, files - Reserve), files) : (long.MaxValue, null));

    private long _taken;

    /// <summary>Takes a place until it is disposed. One that is too many says so.</summary>
    public Place Take() => new(this, Interlocked.Increment(ref _taken) > _limit.Value.Most);

    /// <summary>A connection's place.</summary>
    internal sealed class Place(Places places, bool isTooMany) : IDisposable
    {
        /// <summary>Why it is none; null when it is one.</summary>
        public Refusal? Refusal => isTooMany
            ? new Refusal(
                RefusalCode.BackendUnavailable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The backend serves {places._limit.Value.Most} clients; it may open {places._limit.Value.Files} files, which is too few for more."),
                "Close another client; or raise the limit (ulimit -n 4096) where clients are started, then run 'orchestrator restart' there.")
            : null;

        public void Dispose() => Interlocked.Decrement(ref places._taken);
    }
}
