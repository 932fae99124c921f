using System.Collections.Concurrent;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>The tasks that the clients race for: everybody may claim and note any of them.</summary>
internal sealed class TaskPool
{
    private readonly ConcurrentQueue<string> _open = new();

    public void Add(string task) => _open.Enqueue(task);

    /// <summary>One of the oldest that are perhaps still open; it stays in the pool.</summary>
    public string? Peek(Random random) => _open.Skip(random.Next(6)).FirstOrDefault() ?? (_open.TryPeek(out var first) ? first : null);

    /// <summary>It was completed: nobody shall try it any more.</summary>
    public void Drop(string task)
    {
        // Completed about in order, so what stands before it is soon dropped as well.
        for (var i = _open.Count; i > 0 && _open.TryDequeue(out var first); i--)
        {
            if (first == task)
            {
                return;
            }

            _open.Enqueue(first);
        }
    }
}
