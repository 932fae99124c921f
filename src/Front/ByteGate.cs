namespace Orchestrator.Front;

/// <summary>Lets a reader pass while the bytes that are on hand stay under a limit. This is how a slow end slows down the other.</summary>
internal sealed class ByteGate(long limit)
{
    private readonly Lock _lock = new();
    private long _bytes;
    private TaskCompletionSource? _opened;

    public void Add(long bytes)
    {
        TaskCompletionSource? opened = null;
        lock (_lock)
        {
            _bytes += bytes;
            if (_bytes < limit)
            {
                (opened, _opened) = (_opened, null);
            }
        }

        opened?.SetResult();
    }

    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task opened;
            lock (_lock)
            {
                if (_bytes < limit)
                {
                    return;
                }

                _opened ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                opened = _opened.Task;
            }

            await opened.WaitAsync(cancellationToken);
        }
    }
}
