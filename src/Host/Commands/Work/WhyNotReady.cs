using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Commands.Work;

/// <summary>Why a task cannot be claimed now, in words.</summary>
internal static class WhyNotReady
{
    /// <summary>Empty when it can.</summary>
    public static string Of(TaskRow task, IReadOnlyList<DependencyRow>? dependencies = null)
    {
        if (task.Ready)
        {
            return "";
        }

        if (task.ClaimedBy is { } worker)
        {
            return $"claimed by {worker} until {task.ClaimedUntil:yyyy-MM-dd'T'HH:mm:ss'Z'}";
        }

        return task.Phase switch
        {
            TaskPhase.Pending when task.WaitingFor > 0 => dependencies?.Where(d => d is { Satisfied: false, Kind: DependencyKind.Completion })
                .ToList() is { Count: > 0 } open
                ? $"waits for {string.Join(", ", open.Select(d => $"{d.On} ({d.Title})"))}"
                : $"waits for {task.WaitingFor} other tasks",
            TaskPhase.Pending when task.OpenSubtasks > 0 => $"has {task.OpenSubtasks} open subtasks",
            TaskPhase.Pending => "its plan is being created",
            TaskPhase.Blocked or TaskPhase.Failed => task.Reason ?? "no reason was given",
            _ => "",
        };
    }
}
