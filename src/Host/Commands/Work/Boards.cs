using System.Text.Json.Nodes;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Commands.Work;

/// <summary><c>orchestrator tasks board</c>: what is in work, what could be, what cannot, and why.</summary>
internal static class Boards
{
    private const int Shown = 20;

    public static int Show(StoredWork work, Output output)
    {
        var counts = work.Index.Count();
        (string Name, long Total, TaskFilter Filter)[] columns =
        [
            ("in progress", Of(TaskPhase.InProgress), new TaskFilter { Phases = [TaskPhase.InProgress] }),
            ("ready", counts.Ready, new TaskFilter { ReadyOnly = true }),
            ("blocked", Of(TaskPhase.Blocked), new TaskFilter { Phases = [TaskPhase.Blocked] }),
            ("failed", Of(TaskPhase.Failed), new TaskFilter { Phases = [TaskPhase.Failed] }),
            ("waiting", Of(TaskPhase.Pending) - counts.Ready, new TaskFilter { Phases = [TaskPhase.Pending] }),
            ("completed", Of(TaskPhase.Completed), new TaskFilter { Phases = [TaskPhase.Completed] }),
        ];
        var json = new JsonObject();
        foreach (var (name, total, filter) in columns)
        {
            var tasks = total == 0 ? [] : work.Index.Query(filter, name == "waiting" ? 200 : Shown, null).Tasks
                .Where(t => name != "waiting" || !t.Ready).Take(Shown).ToList();
            json[name.Replace(' ', '_')] =
                new JsonObject { ["total"] = total, ["tasks"] = new JsonArray([.. tasks.Select(t => TasksCommand.Node(TaskViews.Of(t)))]) };
            if (total > 0)
            {
                output.Line($"{name} ({total})");
                foreach (var task in tasks)
                {
                    var why = WhyNotReady.Of(task);
                    output.Line($"  {task.TaskId}  P{task.Priority}  {task.Title}{(why.Length > 0 ? $"  [{why}]" : "")}");
                }
            }
        }

        if (output.IsJson)
        {
            Output.Json("board/1", json);
        }

        return ExitCode.Done;

        long Of(TaskPhase phase) => counts.ByPhase.GetValueOrDefault(phase);
    }
}
