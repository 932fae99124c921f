using System.Globalization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>
/// Says what happened since a cursor. Answers at once, unless its caller wants to wait for the first news; who gave a token for progress hears
/// each piece of news while it waits.
/// </summary>
internal sealed class WatchTool(Gate gate, ILogger log) : OrchestratorTool<WatchTool.Input>(
    gate, log, "orchestrator_watch", "News since a cursor; wait_seconds waits for some.", Reads,
    """
    {"type":"object","properties":{"since":{"type":"string"},"parent_task_id":{"type":"string"},"wait_seconds":{"type":"integer"}}}
    """)
{
    private const int Most = 100;
    private const int Stretches = 20;   // of 500 events each; a long history without news takes several calls
    private const int Longest = 50;   // clients give a call a minute
    private static readonly string[] Events =
        [TaskNewsReader.Completed, TaskNewsReader.Failed, TaskNewsReader.ClaimLost, TaskNewsReader.Overdue, "dependency_ready"];

    protected override Input Bind(ToolArguments arguments)
    {
        var since = arguments.Text("since", 50, TextRule.OneLine);
        var position = 0L;
        if (since is not null && !long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out position))
        {
            throw arguments.Invalid("since", $"is not a cursor: '{since}'", "Pass the cursor of the call before, or leave it out to begin now.");
        }

        var events = arguments.Texts("events", 20, 50);
        return events.FirstOrDefault(e => !Events.Contains(e)) is { } unknown
            ? throw arguments.Invalid("events", $"holds '{unknown}', which is not one of {string.Join(", ", Events)}", "Use some of these.")
            : new Input(
                since is null ? null : position, arguments.Task("parent_task_id"), events.Count == 0 ? Events : events,
                TimeSpan.FromSeconds(arguments.Number("wait_seconds", 0, Longest) ?? 0));
    }

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        if (input.Parent is { } parent)
        {
            _ = call.Row(parent);
        }

        var position = input.Since ?? call.Storage.Index.Position();
        var until = call.Storage.Clock.GetUtcNow() + input.Wait;
        for (var stretches = 1; ; stretches++)
        {
            var next = call.Storage.News.Next;   // before looking: nothing falls in between
            var (news, reached, more) = Look(input, call, position);
            position = reached;
            var left = until - call.Storage.Clock.GetUtcNow();
            if (news.Count == 0 && !more && left > TimeSpan.Zero)
            {
                await Wait(next, left, call, cancellation);
                stretches = 0;
                continue;
            }

            if (news.Count == 0 && more && stretches < Stretches)
            {
                continue;   // nothing to tell in there
            }

            for (var i = 0; i < news.Count && input.Wait > TimeSpan.Zero; i++)
            {
                await call.Progress(i + 1, $"{news[i].Event}: {news[i].TaskId} {news[i].Title}", cancellation);
            }

            return Answer(
                news.Count == 0 ? "Nothing new." : $"{news.Count} pieces of news{(more ? ", and more behind the cursor" : "")}.",
                new WatchView(position.ToString(CultureInfo.InvariantCulture), news, more ? true : null), ToolJson.Default.WatchView);
        }
    }

    private static async Task Wait(Task next, TimeSpan left, ToolCall call, CancellationToken cancellation)
    {
        try
        {
            await next.WaitAsync(left, call.Storage.Clock, cancellation);
        }
        catch (TimeoutException)
        {
            // The caller's patience is over; what there is by now is looked at once more.
        }
    }

    private static (List<NewsView> News, long Reached, bool More) Look(Input input, ToolCall call, long position)
    {
        var stretch = call.Storage.NewsReader.Read(position);
        var news = new List<NewsView>();
        foreach (var item in stretch.News)
        {
            if (news.Count >= Most)
            {
                return (news, item.Position - 1, true);
            }

            news.AddRange(Of(item).Where(n => input.Events.Contains(n.Event) && IsBelow(n, input.Parent, call.Storage.Index)));
        }

        return (news, stretch.Reached, stretch.More);
    }

    private static IEnumerable<NewsView> Of(TaskNewsItem item) =>
    [
        new NewsView(item.Event, item.Task.TaskId.Value, item.Task.Title, item.At, item.By, item.Because),
        .. item.Ready.Select(r => new NewsView("dependency_ready", r.TaskId.Value, r.Title, item.At, item.By, $"{item.Task.TaskId} is completed")),
    ];

    private static bool IsBelow(NewsView news, TaskId? parent, ITaskIndex index)
    {
        if (parent is not { } wanted)
        {
            return true;
        }

        for (var id = new TaskId(news.TaskId); index.Find([id]) is [var row]; id = row.Parent!.Value)
        {
            if (row.TaskId == wanted)
            {
                return true;
            }

            if (row.Parent is null)
            {
                return false;
            }
        }

        return false;
    }

    internal sealed record Input(long? Since, TaskId? Parent, IReadOnlyList<string> Events, TimeSpan Wait);
}

internal sealed record WatchView(string Cursor, IReadOnlyList<NewsView> News, bool? More);

internal sealed record NewsView(string Event, string TaskId, string Title, DateTimeOffset At, string By, string? Because);
