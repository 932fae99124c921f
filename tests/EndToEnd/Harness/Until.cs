namespace Orchestrator.EndToEnd.Harness;

/// <summary>Waiting for what another process does, with a deadline.</summary>
internal static class Until
{
    // A machine that stands still costs none of it.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60 + (Setting.Number("FROZEN_SECONDS") ?? 0));

    /// <summary>Fails when it takes too long.</summary>
    public static async Task<T> Soon<T>(this Task<T> task, string what, TimeSpan? limit = null)
    {
        try
        {
            return await task.WaitAsync(limit ?? Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{what}: nothing after {(limit ?? Patience).TotalSeconds:0} s.");
        }
    }

    /// <summary>Looks again and again: other processes give no signal that we could wait for.</summary>
    public static async Task<T> Found<T>(Func<Task<T?>> look, string what, TimeSpan? limit = null)
        where T : class
    {
        using var deadline = new CancellationTokenSource(limit ?? Patience);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            do
            {
                if (await look() is { } found)
                {
                    return found;
                }
            }
            while (await ticks.WaitForNextTickAsync(deadline.Token));
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        throw new TimeoutException($"{what}: not so after {(limit ?? Patience).TotalSeconds:0} s.");
    }

    /// <summary>Looks until it is true.</summary>
    public static Task True(Func<bool> look, string what, TimeSpan? limit = null) =>
        Found(() => Task.FromResult(look() ? "" : null), what, limit);
}
