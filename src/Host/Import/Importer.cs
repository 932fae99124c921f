using System.Collections.Concurrent;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Import;

/// <summary>
/// Carries out a plan through the backend, as a client's calls. Every call has a key that follows from the source: whatever dies in between, a
/// second run does what is missing and nothing twice.
/// </summary>
internal sealed class Importer(DataDirectory location, Action<int, int>? progress = null)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan ComeBackWithin = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> _refused = new();
    private int _calls;
    private int _done;

    /// <summary>What the backend refused, each with its task.</summary>
    public IReadOnlyCollection<string> Refused => _refused;

    /// <summary>Does all of it.</summary>
    public async Task Run(ImportPlan plan, CancellationToken cancellation)
    {
        _calls = plan.Tasks.Sum(t => 1 + t.Content.Count + (t.Dependencies is null ? 0 : 1) + (t.Archive is null ? 0 : 1));
        foreach (var level in plan.Tasks.GroupBy(t => t.Depth).OrderBy(l => l.Key))
        {
            await Each(level, t => [t.Plan], cancellation);
        }

        // Subtasks first: a task is completed only when they are.
        foreach (var level in plan.Tasks.GroupBy(t => t.Depth).OrderByDescending(l => l.Key))
        {
            await Each(level, t => t.Content, cancellation);
        }

        await Each(plan.Tasks, t => t.Dependencies is { } step ? [step] : [], cancellation);
        await Each(plan.Tasks, t => t.Archive is { } step ? [step] : [], cancellation);
    }

    private Task Each(IEnumerable<PlannedImport> tasks, Func<PlannedImport, IReadOnlyList<ImportStep>> steps, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            tasks.Where(t => steps(t).Count > 0), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (task, stop) => await Do(task, steps(task), stop));

    private async Task Do(PlannedImport task, IReadOnlyList<ImportStep> steps, CancellationToken cancellation)
    {
        var next = 0;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(ComeBackWithin + (ComeBackWithin * steps.Count));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                await using var client = await BackendClient.TryConnect(location, task.Front, deadline.Token);
                while (client is not null && next < steps.Count)
                {
                    await One(client, task, steps[next], deadline.Token);
                    next++;
                    progress?.Invoke(Interlocked.Increment(ref _done), _calls);
                }
            }
            catch (IOException)
            {
                // The backend has gone; the relay starts another one, and the same call is made again under the same key.
            }

            if (next == steps.Count)
            {
                return;
            }

            await ticks.WaitForNextTickAsync(deadline.Token);
        }
    }

    private async Task One(BackendClient client, PlannedImport task, ImportStep step, CancellationToken cancellation)
    {
        try
        {
            await client.Call(step.Tool, (System.Text.Json.Nodes.JsonObject)step.Arguments.DeepClone(), step.Sequence, cancellation);
        }
        catch (RefusedException e) when (e.Refusal.Code == RefusalCode.OutcomeUnknown)
        {
            // A task remembers its last 128 commands, and a parent those that added its subtasks: this one was among the forgotten.
        }
        catch (RefusedException e) when (e.Refusal.Code is not (RefusalCode.StorageFailed or RefusalCode.DatabaseUnavailable))
        {
            _refused.Enqueue($"{task.Source.Id} ({task.TaskId}): {e.Refusal.Message} [{e.Refusal.Code}]");
        }
    }
}
