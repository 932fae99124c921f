using System.Collections.Concurrent;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>A client that plans one task after the other, and remembers what was acknowledged and how long it took.</summary>
internal sealed class SteadyWork
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(string Title, TimeSpan Took)> _done = [];
    private readonly Task _working;

    public SteadyWork(RawClient client, TimeSpan between = default) => _working = Task.Run(() => Work(client, between));

    /// <summary>What was acknowledged so far.</summary>
    public IReadOnlyList<(string Title, TimeSpan Took)> Done => [.. _done];

    /// <summary>Ends after the call that is under way. Throws what any of the calls has thrown.</summary>
    public async Task<IReadOnlyList<(string Title, TimeSpan Took)>> End()
    {
        await _end.CancelAsync();
        await _working;
        _end.Dispose();
        return Done;
    }

    private async Task Work(RawClient client, TimeSpan between)
    {
        for (var i = 1; !_end.IsCancellationRequested; i++)
        {
            var title = $"{client.Name} {i}";
            var reply = await client.Call("plan_task", new { title, description = title });
            _ = reply.Done;
            _done.Enqueue((title, reply.Took));
            if (between > TimeSpan.Zero)
            {
                await Task.Delay(between);
            }
        }
    }
}
