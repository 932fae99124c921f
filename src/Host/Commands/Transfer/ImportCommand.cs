using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Host.Import;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Transfer;

/// <summary><c>orchestrator import</c></summary>
internal static class ImportCommand
{
    private const int Shown = 50;

    private static readonly Argument<string> Source = new("source") { Description = "A file or a folder." };
    private static readonly Option<string?> From =
        new("--from") { Description = $"What it is: {string.Join(", ", ImportReaders.ByKind.Keys)}; else seen from its name." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be imported, and change nothing." };

    public static Command Create()
    {
        From.AcceptOnlyFromAmong([.. ImportReaders.ByKind.Keys]);
        return Verb.Create(
            "import", "Take tasks in from an export, task-master, beads, Backlog.md, a Markdown check list, or the Python mcp-task-orchestrator.",
            Run, Source, From, DryRun);
    }

    private static async Task<int> Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        var location = RootCommands.Location(parsed);
        var source = ImportReaders.Read(parsed.GetValue(Source)!, parsed.GetValue(From));
        var plan = ImportPlan.Of(source);
        var before = Existing(location, plan);
        var refused = parsed.GetValue(DryRun) ? [] : await Carry(location, plan, before, output, cancellation);
        var now = parsed.GetValue(DryRun) ? before : Existing(location, plan);
        return Report(output, plan, source, before.Count, now.Count - before.Count, refused, parsed.GetValue(DryRun));
    }

    private static async Task<IReadOnlyCollection<string>> Carry(
        DataDirectory location, ImportPlan plan, HashSet<TaskId> before, Output output, CancellationToken cancellation)
    {
        await using var relay = await BackendClient.Start(location, cancellation);
        if (!output.IsTerminal)
        {
            var quiet = new Importer(location);
            await quiet.Run(plan, before, cancellation);
            return quiet.Refused;
        }

        return await AnsiConsole.Progress().StartAsync(async bar =>
        {
            var line = bar.AddTask("importing");
            var importer = new Importer(location, (done, of) => (line.MaxValue, line.Value) = (of, done));
            await importer.Run(plan, before, cancellation);
            return importer.Refused;
        });
    }

    private static HashSet<TaskId> Existing(DataDirectory location, ImportPlan plan) => !File.Exists(StoreLook.FileOf(location)) ? []
        : [.. plan.Tasks.Select(t => t.TaskId).Chunk(500).SelectMany(StoredWork.Open(location).Index.Find).Select(r => r.TaskId)];

    private static int Report(
        Output output, ImportPlan plan, ImportSource source, int before, int added, IReadOnlyCollection<string> refused, bool dryRun)
    {
        output.Line(dryRun
            ? $"{plan.Tasks.Count} tasks in the source ({source.Kind}): {plan.Tasks.Count - before} would be added, {before} are there already."
            : $"{plan.Tasks.Count} tasks in the source ({source.Kind}): {added} added, {before} were there already.");
        foreach (var problem in plan.Problems.Concat(refused).Take(Shown))
        {
            output.Line($"  {problem}");
        }

        if (plan.Problems.Count + refused.Count is var all && all > Shown)
        {
            output.Line($"  and {all - Shown} more (--json lists all)");
        }

        if (output.IsJson)
        {
            Output.Json("import/1", new JsonObject
            {
                ["kind"] = source.Kind,
                ["dry_run"] = dryRun,
                ["tasks"] = plan.Tasks.Count,
                ["added"] = dryRun ? plan.Tasks.Count - before : added,
                ["already_there"] = before,
                ["problems"] = new JsonArray([.. plan.Problems.Select(p => (JsonNode)p)]),
                ["refused"] = new JsonArray([.. refused.Select(p => (JsonNode)p)]),
                ["ids"] = new JsonObject(plan.Tasks.Select(t => KeyValuePair.Create(t.Source.Id, (JsonNode?)t.TaskId.Value))),
            });
        }

        return plan.Problems.Count + refused.Count > 0 ? ExitCode.Partly : ExitCode.Done;
    }
}
