using System.Diagnostics;

namespace Orchestrator.Host.Backend;

/// <summary>How a process came to hold the store.</summary>
internal abstract record Arrival
{
    /// <summary>Called when fronts can connect.</summary>
    public Action? Published { get; init; }

    /// <summary>Nobody served: a client wanted one, or the one that did has died beside us.</summary>
    public sealed record ByStart : Arrival;

    /// <summary>Another process has handed over to us. The store is opened before anybody is let in: if we fail, it goes on.</summary>
    public sealed record BySuccession(Predecessor Predecessor) : Arrival;

    /// <summary>Our successor has failed.</summary>
    /// <param name="Cause">Why.</param>
    /// <param name="HeldAt">When calls began to wait, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="MigrationUndone">Whether it had changed the database.</param>
    public sealed record ByReturn(string Cause, long HeldAt, bool MigrationUndone) : Arrival;
}
