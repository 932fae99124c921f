namespace Orchestrator.Front;

/// <summary>
/// The threads of the pool: one reads the client, one writes to it when it does not read, two are there for all the rest. How many, the project file
/// says; a process that may have as many as it likes is left alone.
/// </summary>
internal static class Workers
{
    private const int Few = 16;

    // Should something else have got one of the threads first.
    private const int LongestWait = 100;

    /// <summary>Has all of them started, and does not wait for it. None is asked of the system later, when it may give none.</summary>
    public static void Start()
    {
        ThreadPool.GetMaxThreads(out var workers, out _);
        if (workers > Few)
        {
            return;
        }

        var left = workers;
        var all = new ManualResetEvent(initialState: false);
        for (var i = 0; i < workers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    // A worker that waits here is none for the next one, which needs another.
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        all.Set();
                    }
                    else
                    {
                        all.WaitOne(LongestWait);
                    }
                },
                null);
        }
    }
}
