using System.Diagnostics;
using System.Globalization;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>One client that plans, notes, claims and completes, and writes down what it was told.</summary>
internal sealed class Worker(RawClient client, TaskPool pool, Random random, TimeSpan between = default)
{
    /// <summary>Between its rounds, if twenty of these are to make about 200 calls a second: a round has four or five.</summary>
    public static readonly TimeSpan Unhurried = TimeSpan.FromMilliseconds(450);

    // What a race may end with; anything else is a defect.
    private static readonly string[] Lost = ["ALREADY_CLAIMED", "INVALID_TASK_STATE", "CLAIM_REQUIRED", "CLAIM_LOST"];

    // A task shows its newest 100 notes; with more, a lost one could hide.
    private const int MostNotes = 8;

    private readonly List<Acknowledged> _acknowledged = [];
    private readonly Dictionary<string, int> _notes = [];
    private int _number;

    public IEnumerable<Acknowledged> Acknowledged => _acknowledged;

    public async Task Run(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            // Some at once: a kill should find calls in flight, not only one per client.
            await Task.WhenAll(Plan(), Note(), random.Next(3) == 0 ? Plan() : Note());
            await Work();
            if (between > TimeSpan.Zero)
            {
                await Task.Delay(between * (0.5 + random.NextDouble()), CancellationToken.None);
            }
        }
    }

    private async Task Plan()
    {
        var title = Unique("plan");
        var reply = await client.Call("plan_task", new { title, description = "d" });
        var task = reply.Done.Text("task_id");
        Add(Change.Planned, task, title, reply);
        pool.Add(task);
    }

    private async Task Note()
    {
        if (pool.Peek(random) is not { } task || !MayNote(task))
        {
            return;
        }

        var note = Unique("note");
        var reply = await client.Call("update_task", new { task_id = task, note });
        if (!IsLost(reply))
        {
            Add(Change.Noted, task, note, reply);
        }
    }

    private async Task Work()
    {
        if (pool.Peek(random) is not { } task)
        {
            return;
        }

        var claimed = await client.Call("execute_task", new { task_id = task });
        if (IsLost(claimed))
        {
            return;
        }

        var claim = claimed.Done.Text("claim");
        Add(Change.Claimed, task, claim, claimed);
        if (MayNote(task))
        {
            var note = Unique("note");
            Add(Change.Noted, task, note, await client.Call("update_task", new { task_id = task, claim, note, progress = random.Next(100) }));
        }

        var work = Unique("work");
        var completed = await client.Call(
            "complete_task", new { task_id = task, claim, summary = work, detailed_work = work, next_action = "complete" });
        Add(Change.Completed, task, work, completed);
        pool.Drop(task);
    }

    private bool MayNote(string task) => (_notes[task] = _notes.GetValueOrDefault(task) + 1) <= MostNotes;

    private static bool IsLost(Reply reply) => Lost.Contains(reply.Refusal);

    private string Unique(string what) => string.Create(CultureInfo.InvariantCulture, $"{client.Name} {what} {++_number}");

    private void Add(Change kind, string task, string text, Reply reply)
    {
        lock (_acknowledged)
        {
            _acknowledged.Add(new Acknowledged(kind, task, text, reply.Done.Number("version"), reply.Took, Stopwatch.GetTimestamp()));
        }
    }
}
