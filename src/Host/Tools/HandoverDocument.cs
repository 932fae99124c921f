using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.Maintenance;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>The state of the work as a document for whoever comes next. Every number is counted when it is written.</summary>
internal static class HandoverDocument
{
    private const int Listed = 20;

    public static string Write(ToolCall call, MaintenanceScope scope, string about, bool detailed)
    {
        var (index, now) = (call.Storage.Maintenance, call.Storage.Clock.GetUtcNow());
        var counts = index.CountByPhase(scope);
        var total = counts.Values.Sum();
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# State of the work, {now:yyyy-MM-dd HH:mm} UTC").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Of {about}: {total} tasks, {Percent(counts, total)} % completed.").AppendLine();
        text.AppendLine("| Status | Tasks |").AppendLine("|---|---|");
        foreach (var (phase, count) in counts.OrderBy(c => c.Key))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Vocabulary.Phases[phase]} | {count} |");
        }

        Section(text, "In progress", index.Latest(scope, TaskPhase.InProgress, Listed), t => t.ClaimedBy is null ? "unclaimed" : $"{t.ClaimedBy}, {t.Progress} %");
        Section(text, "Blocked", index.Latest(scope, TaskPhase.Blocked, Listed), t => t.Reason ?? "no reason was given");
        Section(text, "Failed", index.Latest(scope, TaskPhase.Failed, Listed), t => t.Reason ?? "no reason was given");
        Section(text, "Pending", index.Latest(scope, TaskPhase.Pending, Listed), t => t.Ready ? "ready" : $"waits for {t.WaitingFor} tasks, {t.OpenSubtasks} open subtasks");
        Section(text, "Completed last", index.Latest(scope, TaskPhase.Completed, Listed), t => $"{t.Artifacts} artifacts");
        if (detailed)
        {
            Decisions(text, call, scope);
            text.AppendLine().AppendLine("## Needs attention").AppendLine();
            foreach (var findings in Findings.Scan(index, scope, now, 5).Where(f => f.Total > 0))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {findings.Kind}: {findings.Total}");
                foreach (var finding in findings.First)
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"  - {finding.Task.TaskId} {OneLine(finding.Task.Title)}: {finding.Detail} {finding.Advice}.");
                }
            }
        }

        return text.ToString();
    }

    public static double Percent(IReadOnlyDictionary<TaskPhase, long> counts, long total) =>
        total == 0 ? 0 : Math.Round(100.0 * counts.GetValueOrDefault(TaskPhase.Completed) / total, 1);

    /// <summary>Stores the document under a name in the data directory, whole or not at all.</summary>
    public static DocumentView Save(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        var bytes = Encoding.UTF8.GetBytes(text);
        DurableFile.Create(path, bytes);
        return new DocumentView(path, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static void Section(StringBuilder text, string title, IReadOnlyList<TaskRow> tasks, Func<TaskRow, string> detail)
    {
        if (tasks.Count == 0)
        {
            return;
        }

        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine();
        foreach (var t in tasks)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {t.TaskId} {OneLine(t.Title)} ({t.Specialist}): {Pages.Cut(OneLine(detail(t)), 200)}");
        }
    }

    private static void Decisions(StringBuilder text, ToolCall call, MaintenanceScope scope)
    {
        var page = call.Storage.Index.Decisions(new DecisionFilter(null, scope.Session, null, null, false), Listed, null);
        var decisions = page.Decisions.Where(d => scope.Tasks is null || scope.Tasks.Contains(d.TaskId)).ToList();
        if (decisions.Count == 0)
        {
            return;
        }

        text.AppendLine().AppendLine("## Decisions").AppendLine();
        foreach (var d in decisions)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {OneLine(d.Decision.Title)}: {Pages.Cut(OneLine(d.Decision.Outcome), 300)} ({d.TaskId})");
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}

internal sealed record DocumentView(string Path, long Size, string Sha256);
