using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Import;

/// <summary>Check lists in a Markdown file. What is indented below an item is its subtask; other indented lines are its description.</summary>
internal static partial class MarkdownReader
{
    public static ImportSource Read(string path)
    {
        var tasks = new List<ImportedTask>();
        var open = new Stack<(int Indent, int Index)>();
        var seen = new Dictionary<string, int>();
        var heading = "";
        var fence = "";
        var problems = new List<string>();
        foreach (var line in SourceText.Lines(path, problems).Select(l => l.Replace("\t", "    ", StringComparison.Ordinal)))
        {
            var trimmed = line.Trim();
            var mark = trimmed.StartsWith("```", StringComparison.Ordinal) ? "```" : trimmed.StartsWith("~~~", StringComparison.Ordinal) ? "~~~" : "";
            fence = fence.Length == 0 ? mark : fence == mark ? "" : fence;   // within a block of the one kind the other is text
            var fenced = fence.Length > 0;
            if (!fenced && Item().Match(line) is { Success: true } item)
            {
                var indent = item.Groups[1].Length;
                while (open.TryPeek(out var above) && above.Indent >= indent)
                {
                    open.Pop();
                }

                var parent = open.TryPeek(out var holder) ? tasks[holder.Index].Id : null;
                var title = item.Groups[3].Value.Trim();
                // An item has no id of its own: it is known by its place among those of the same text.
                var key = $"{parent ?? heading}/{title}";
                var times = seen[key] = seen.GetValueOrDefault(key) + 1;
                var id = times == 1 ? key : string.Create(CultureInfo.InvariantCulture, $"{key}#{times}");
                open.Push((indent, tasks.Count));
                tasks.Add(new ImportedTask(id, title)
                {
                    Parent = parent,
                    Phase = item.Groups[2].Value switch
                    {
                        " " => TaskPhase.Pending,
                        "-" or "~" => TaskPhase.Cancelled,
                        "/" => TaskPhase.InProgress,
                        _ => TaskPhase.Completed
                    },
                    Origin = heading.Length == 0 ? [] : new JsonObject { ["heading"] = heading },
                });
            }
            else if (!fenced && trimmed.StartsWith('#'))
            {
                heading = trimmed.TrimStart('#').Trim();
                open.Clear();
            }
            else if (trimmed.Length > 0 && open.TryPeek(out var above) && line.Length - line.TrimStart().Length > above.Indent)
            {
                var task = tasks[above.Index];
                tasks[above.Index] = task with { Description = task.Description.Length == 0 ? trimmed : $"{task.Description}\n{trimmed}" };
            }
            else if (trimmed.Length > 0 && !fenced)
            {
                open.Clear();
            }
        }

        if (fence.Length > 0)
        {
            problems.Add($"a block of code ({fence}) is never closed: what follows it was taken for code");
        }

        return tasks.Count == 0
            ? throw new FormatException("There is no check list ('- [ ] ...') in it.")
            : new ImportSource("markdown", Path.GetFullPath(path), tasks, problems);
    }

    [GeneratedRegex(@"^( *)(?:[-*+]|\d+[.)]) \[([ xX/~-])\] +(\S.*)$")]
    private static partial Regex Item();
}
