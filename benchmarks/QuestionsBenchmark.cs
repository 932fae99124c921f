using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>
/// A store of 100,000 tasks, and every question and every maintenance action asked of it through a front, as a client asks: the time, and how much comes
/// back. Nothing may come without a limit, and nothing may take longer than anybody waits.
/// </summary>
internal static class QuestionsBenchmark
{
    private const int PerWorkflow = 99;
    private const int Repeats = 5;

    // A page has 48,000 characters; around it come counts, a cursor and a line for people.
    private const int MostCharacters = 64_000;
    private const double Longest = 1_000;

    private static readonly int Workflows = int.TryParse(Environment.GetEnvironmentVariable("BENCHMARK_WORKFLOWS"), out var given) ? given : 1_000;

    public static async Task Run()
    {
        using var published = Published.Find();
        if (published is null)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        var known = await Fill(published.DataDirectory);
        Console.WriteLine($"filled with {Table.Whole(Workflows * (PerWorkflow + 1))} tasks in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");

        using var client = published.StartFront();
        start = Stopwatch.GetTimestamp();
        await client.Initialize();
        await client.Status();
        Console.WriteLine($"first answer that needs the data: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s after the start");

        var table = new Table("questions at a store of 100,000 tasks", "question", "p50 ms", "worst ms", "characters", "verdict");
        var missed = 0;
        foreach (var (name, tool, arguments) in Questions(known))
        {
            var samples = new Samples();
            var (characters, worst) = (0, 0.0);
            for (var i = 0; i < Repeats; i++)
            {
                var asked = Stopwatch.GetTimestamp();
                var result = await client.Ask(tool, JsonNode.Parse(arguments)!.AsObject());
                samples.Add(asked);
                worst = Math.Max(worst, Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                characters = Math.Max(characters, result["content"]!.AsArray().Sum(c => c!["text"]!.GetValue<string>().Length));
            }

            var met = characters <= MostCharacters && samples.Median <= Longest;
            missed += met ? 0 : 1;
            table.Add(name, Table.Ms(samples.Median), Table.Ms(worst), Table.Whole(characters), Table.Verdict(met));
        }

        table.Print();
        Console.WriteLine($"  at most {Table.Whole(MostCharacters)} characters and {Table.Whole(Longest)} ms (p50): {Table.Verdict(missed == 0)}");
    }

    private static IEnumerable<(string Name, string Tool, string Arguments)> Questions(Known known)
    {
        const string Query = "orchestrator_query_tasks", Maintain = "orchestrator_maintenance_coordinator";
        yield return ("status", "orchestrator_get_status", "{}");
        yield return ("status with completed", "orchestrator_get_status", """{"include_completed":true}""");
        yield return ("query: all", Query, "{}");
        yield return ("query: largest page", Query, """{"limit":200}""");
        yield return ("query: largest page, in full", Query, """{"limit":200,"detail":"full"}""");
        yield return ("query: ready", Query, """{"ready":true,"limit":200}""");
        yield return ("query: status", Query, """{"status":["completed"],"limit":200}""");
        yield return ("query: status and role", Query, """{"status":["pending","failed"],"specialist_type":["reviewer"],"limit":200}""");
        yield return ("query: below a task", Query, $$"""{"parent_task_id":"{{known.Root}}","limit":200}""");
        yield return ("query: text that many hold", Query, """{"search_text":"Part 7","limit":200}""");
        yield return ("query: text that none holds", Query, """{"search_text":"nowhere to be found","limit":200}""");
        yield return ("query: created after", Query, """{"created_after":"2020-01-01T00:00:00Z","limit":200}""");
        yield return ("query: attribute", Query, """{"attributes":{"sprint":7},"limit":200}""");
        yield return ("synthesize: a small workflow", "orchestrator_synthesize_results", $$"""{"parent_task_id":"{{known.Root}}"}""");
        yield return ("history", "orchestrator_task_history", $$"""{"task_id":"{{known.Root}}"}""");
        yield return ("history of much noted", "orchestrator_task_history", $$"""{"task_id":"{{known.Noted}}"}""");
        yield return ("decisions", "orchestrator_list_decisions", "{}");
        yield return ("sessions", "orchestrator_list_sessions", """{"include_completed":true,"limit":100}""");
        yield return ("clean up sessions (dry run)", "orchestrator_cleanup_sessions", """{"cleanup_type":"all"}""");
        yield return ("watch from the beginning", "orchestrator_watch", """{"since":"0"}""");
        yield return ("rules", "auto_append_list_rules", "{}");
        yield return ("partial artifacts", "orchestrator_list_partial_artifacts", "{}");
        yield return ("templates", "template_list", "{}");
        foreach (var action in (string[])["scan_cleanup", "validate_structure", "update_documentation", "prepare_handover"])
        {
            yield return ($"{action}: whole project", Maintain, $$"""{"action":"{{action}}","scope":"full_project"}""");
            yield return ($"{action}: one task", Maintain, $$"""{"action":"{{action}}","scope":"specific_subtask","target_task_id":"{{known.Root}}"}""");
        }

        yield return ("validate_structure: full audit", Maintain, """{"action":"validate_structure","scope":"full_project","validation_level":"full_audit"}""");
        yield return ("scan_cleanup: comprehensive", Maintain, """{"action":"scan_cleanup","scope":"full_project","validation_level":"comprehensive"}""");
        yield return ("health", "orchestrator_health_check", "{}");
    }

    // The rules decide each fact, as in production; only the writing is done at once, because one task after the other takes a quarter of an hour.
    private static async Task<Known> Fill(string directory)
    {
        await using var store = await StoreUnderTest.Create(0);
        using var journal = await store.BeginJournal();
        var noted = Commands.Plan();
        var history = journal.Begin(noted.TaskId);
        history.Do(noted);
        for (var i = 0; i < 300; i++)
        {
            history.Do(Commands.Note(noted.TaskId));
        }

        TaskId? root = null;
        for (var number = 0; number < Workflows; number++)
        {
            var isFar = number % 10 == 0;
            var plan = Commands.Workflow(PerWorkflow, waits: isFar);
            var parent = journal.Begin(plan.TaskId);
            parent.Do(plan);
            for (var i = 0; i < plan.Subtasks.Count; i++)
            {
                var (id, definition) = (plan.Subtasks[i].TaskId, plan.Subtasks[i].Definition);
                var part = journal.Begin(id);
                part.Do(new TaskCommands.Create(id, plan.CommandId.Derive(id.Value), plan.By, null, plan.TaskId, plan.TaskId, i, journal.Now, definition));
                if (isFar && (i < 80 && i % 10 != 9 || i == 88))
                {
                    part.Do(Commands.Status(id, i == 88 ? TaskPhase.Failed : TaskPhase.Completed));   // some of its last parts wait for ever
                }
            }

            parent.Do(new TaskCommands.ConfirmSubtasks(plan.TaskId, plan.CommandId, plan.By, [.. plan.Subtasks.Select(s => s.TaskId)]));
            parent.Do(Commands.Decide(plan.TaskId));
            root ??= plan.TaskId;
        }

        journal.Commit();
        await store.CopyTo(directory);
        return new Known(root!.Value, noted.TaskId);
    }

    private sealed record Known(TaskId Root, TaskId Noted);
}
