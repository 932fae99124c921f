using Orchestrator.Actors.TaskIndex;

namespace Orchestrator.Host.Tools;

/// <summary>Pages of tasks whose size in a reply is bounded as well as their number: a model pays for every character.</summary>
internal static class TaskPages
{
    /// <summary>About 12,000 tokens.</summary>
    public const int MostCharacters = 48_000;

    /// <summary>One page; shorter than asked when it would grow too large, with a cursor for the rest.</summary>
    public static async Task<TaskPageView> Read(
        ToolCall call, TaskFilter filter, int limit, string? cursor, Detail detail, CancellationToken cancellation)
    {
        var index = call.Storage.Index;
        var page = index.Query(filter, limit, cursor);
        var views = detail == Detail.Full ? await Full(call, page.Tasks, cancellation) : [.. page.Tasks.Select(TaskViews.Of)];
        var size = 0;
        var fitting = views.TakeWhile(v => (size += ToolJson.Size(v)) <= MostCharacters).Count();
        if (fitting < views.Count)
        {
            fitting = Math.Max(fitting, 1);
            page = index.Query(filter, fitting, cursor) with { Total = page.Total };
            views = [.. views.Take(fitting)];
        }

        return new TaskPageView(page.Total, views, page.Cursor);
    }

    private static async Task<List<TaskView>> Full(ToolCall call, IReadOnlyList<TaskRow> rows, CancellationToken cancellation)
    {
        var dependencies = call.Storage.Index.DependenciesOf([.. rows.Select(r => r.TaskId)]).ToLookup(d => d.TaskId);
        var details = await Task.WhenAll(rows.Select(r => call.Storage.Tasks.Details(r.TaskId, cancellation)));
        return [.. rows.Zip(details, (r, d) => d is null ? TaskViews.Of(r) : TaskViews.Of(r, d, [.. dependencies[r.TaskId]]))];
    }
}

/// <param name="Total">How many match in all.</param>
/// <param name="Tasks">This page.</param>
/// <param name="Cursor">Asks for the next one.</param>
internal sealed record TaskPageView(long Total, IReadOnlyList<TaskView> Tasks, string? Cursor);
