using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Host.Tools;

namespace Orchestrator.Host.Import;

/// <summary>Some tasks below one parent, which one call brings into being, in their order.</summary>
/// <param name="Front">The first half of its key; follows from what is in it.</param>
/// <param name="Step">The call.</param>
/// <param name="Tasks">What is in it.</param>
internal sealed record ImportBatch(string Front, ImportStep Step, IReadOnlyList<PlannedImport> Tasks)
{
    /// <summary>A call with more text has few others beside it, and a batch does not grow beyond it.</summary>
    public const int LargeText = 256 * 1024;

    /// <summary>The batches below each parent; those of one come one after the other, so that its subtasks keep their order.</summary>
    public static IEnumerable<IEnumerable<ImportBatch>> Of(IEnumerable<PlannedImport> level) =>
        level.GroupBy(t => t.Parent).Select(siblings => Cut(siblings).Select(Of));

    private static IEnumerable<List<PlannedImport>> Cut(IEnumerable<PlannedImport> siblings)
    {
        var (batch, length) = (new List<PlannedImport>(), 0);
        foreach (var task in siblings)
        {
            if (batch.Count == ImportSubtasksTool.Most || (batch.Count > 0 && length + task.Plan.TextLength > LargeText))
            {
                yield return batch;
                (batch, length) = ([], 0);
            }

            batch.Add(task);
            length += task.Plan.TextLength;
        }

        yield return batch;
    }

    private static ImportBatch Of(List<PlannedImport> tasks)
    {
        if (tasks is [var one])
        {
            return new ImportBatch(one.Front, one.Plan, tasks);
        }

        var front = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(tasks.Select(t => t.Front)))))[..32];
        var arguments = new JsonObject
        {
            ["parent_task_id"] = tasks[0].Plan.Arguments["parent_task_id"]!.DeepClone(),
            ["tasks"] = new JsonArray([.. tasks.Select(Item)]),
        };
        return new ImportBatch(front, new ImportStep(1, "import_subtasks", arguments, tasks.Sum(t => t.Plan.TextLength)), tasks);
    }

    private static JsonNode Item(PlannedImport task)
    {
        var item = task.Plan.Arguments.DeepClone().AsObject();
        item.Remove("parent_task_id");
        item["key"] = task.Front;
        return item;
    }
}
