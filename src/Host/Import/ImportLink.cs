using Orchestrator.Host.Backend;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Import;

/// <summary>
/// The connection that all calls of an import share, each under its task's key; made again when the backend has gone and another one serves. To a
/// backend of an older build, whose connections have one key each, a call has a connection of its own.
/// </summary>
internal sealed class ImportLink(DataDirectory location) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly string _front = BackendClient.NewFront();   // the same again after a restart, which waits for those who were there
    private volatile BackendClient? _shared;

    /// <summary>Makes a call.</summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    /// <exception cref="IOException">The backend has gone; whether the call took effect is unknown.</exception>
    public async Task Call(string front, ImportStep step, CancellationToken cancellation)
    {
        var key = new CommandId(front, step.Sequence);
        var shared = await Shared(cancellation);
        if (shared.TakesKeys)
        {
            await shared.Call(step.Tool, step.Arguments, key, cancellation);
            return;
        }

        await using var own = await BackendClient.TryConnect(location, front, cancellation)
            ?? throw new EndOfStreamException("The backend left at this moment.");
        await own.Call(step.Tool, step.Arguments, key, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_shared is { } shared)
        {
            await shared.DisposeAsync();
        }

        _connecting.Dispose();
    }

    private async Task<BackendClient> Shared(CancellationToken cancellation)
    {
        if (_shared is { IsOver: false } shared)
        {
            return shared;
        }

        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_shared is { IsOver: false } meanwhile)
            {
                return meanwhile;
            }

            await (_shared?.DisposeAsync() ?? ValueTask.CompletedTask);
            using var ticks = new PeriodicTimer(LookEvery);
            BackendClient? next;
            while ((next = await BackendClient.TryConnect(location, _front, cancellation)) is null)
            {
                await ticks.WaitForNextTickAsync(cancellation);
            }

            return _shared = next;
        }
        finally
        {
            _connecting.Release();
        }
    }
}
