using System.Collections.Concurrent;
using System.Diagnostics;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Commands;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Import;

/// <summary>
/// Carries out a plan through the backend, as a client's calls, many at a time, because those share a commit. Every call has a key that follows from
/// the source: whatever dies in between, a second run does what is missing and nothing twice.
/// </summary>
/// <param name="location">Whose backend.</param>
/// <param name="progress">Hears how many calls of how many are done.</param>
internal sealed class Importer(DataDirectory location, Action<int, int>? progress = null)
{
    private const int AtOnce = 64;
    private const int ParentsAtOnce = 6;   // with a batch each
    private const int LargeAtOnce = 2;   // each may have megabytes, here and in the backend
    private static readonly TimeSpan BackendComesBackWithin = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StorageComesBackWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly ConcurrentQueue<string> _refused = new();
    private int _calls;
    private int _done;

    /// <summary>What the backend refused, each with its task.</summary>
    public IReadOnlyCollection<string> Refused => _refused;

    /// <summary>Does all of it.</summary>
    /// <param name="plan">What.</param>
    /// <param name="existing">The tasks of it that are there already; they are not planned again.</param>
    /// <param name="cancellation">Ends it; what was begun may take effect all the same.</param>
    /// <exception cref="CommandFailedException">The backend stays away, or its storage fails.</exception>
    public async Task Run(ImportPlan plan, IReadOnlySet<TaskId> existing, CancellationToken cancellation)
    {
        await using var link = new ImportLink(location);
        using var large = new SemaphoreSlim(LargeAtOnce);
        _calls = plan.Tasks.Sum(t => 1 + t.Content.Count + (t.Dependencies is null ? 0 : 1) + (t.Archive is null ? 0 : 1));
        _done = existing.Count;
        foreach (var level in plan.Tasks.Where(t => !existing.Contains(t.TaskId)).GroupBy(t => t.Depth).OrderBy(l => l.Key))
        {
            await Each(level.Where(t => t.Parent is null), t => [t.Plan]);
            var refused = new ConcurrentBag<PlannedImport>();
            await Parallel.ForEachAsync(ImportBatch.Of(level.Where(t => t.Parent is not null)), Limit(ParentsAtOnce), async (batches, stop) =>
            {
                foreach (var batch in batches)
                {
                    if (await Do(link, large, batch.Front, batch.Step, null, stop))
                    {
                        progress?.Invoke(Interlocked.Add(ref _done, batch.Tasks.Count), _calls);
                        continue;
                    }

                    batch.Tasks.ToList().ForEach(refused.Add);
                }
            });
            await Each(refused, t => [t.Plan]);   // one by one, to see which and why; or the backend does not know batches
        }

        // Subtasks first: a task is completed only when they are.
        foreach (var level in plan.Tasks.GroupBy(t => t.Depth).OrderByDescending(l => l.Key))
        {
            await Each(level, t => t.Content);
        }

        await Each(plan.Tasks, t => t.Dependencies is { } step ? [step] : []);
        await Each(plan.Tasks, t => t.Archive is { } step ? [step] : []);

        Task Each(IEnumerable<PlannedImport> tasks, Func<PlannedImport, IReadOnlyList<ImportStep>> steps) =>
            Parallel.ForEachAsync(tasks.Where(t => steps(t).Count > 0), Limit(AtOnce), async (task, stop) =>
            {
                foreach (var step in steps(task))
                {
                    await Do(link, large, task.Front, step, task, stop);
                    progress?.Invoke(Interlocked.Increment(ref _done), _calls);
                }
            });

        ParallelOptions Limit(int atOnce) => new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation };
    }

    private async Task<bool> Do(
        ImportLink link, SemaphoreSlim large, string front, ImportStep step, PlannedImport? task, CancellationToken cancellation)
    {
        var isLarge = step.TextLength > ImportBatch.LargeText;
        await (isLarge ? large.WaitAsync(cancellation) : Task.CompletedTask);
        try
        {
            return await Insist(link, front, step, task, cancellation);
        }
        finally
        {
            _ = isLarge ? large.Release() : 0;
        }
    }

    // Under its key the same call can be made again and again. False when it was refused.
    private async Task<bool> Insist(ImportLink link, string front, ImportStep step, PlannedImport? task, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(BackendComesBackWithin);
        long? troubleSince = null;
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                try
                {
                    await link.Call(front, step, deadline.Token);
                    return true;
                }
                catch (RefusedException e) when (Forgotten.Is(e.Refusal))
                {
                    return true;   // what a task forgets, it has done before
                }
                catch (RefusedException e) when (IsTrouble(e.Refusal))
                {
                    troubleSince ??= Stopwatch.GetTimestamp();
                    if (Stopwatch.GetElapsedTime(troubleSince.Value) > StorageComesBackWithin)
                    {
                        throw Stopped(e.Refusal.Code, e.Refusal.Message);
                    }
                }
                catch (RefusedException e)
                {
                    if (task is not null)
                    {
                        _refused.Enqueue($"{task.Source.Id} ({task.TaskId}): {e.Refusal.Message} [{e.Refusal.Code}]");
                    }

                    return false;
                }
                catch (IOException)
                {
                    // The backend has gone; the relay starts another one.
                }

                await Task.Delay(pause, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw Stopped(
                    RefusalCode.BackendUnavailable, $"The backend of {location.Path} did not answer for {BackendComesBackWithin.TotalSeconds:0} s.");
            }
        }
    }

    private static bool IsTrouble(Refusal refusal) =>
        refusal.Code is RefusalCode.StorageFailed or RefusalCode.DatabaseUnavailable or RefusalCode.OutcomeUnknown;

    private CommandFailedException Stopped(string code, string message) => new(
        code, $"The import stopped after {_done} of {_calls} steps: {message}",
        "Run: orchestrator doctor. Then repeat the command: it goes on where it stopped.", ExitCode.Partly);
}
