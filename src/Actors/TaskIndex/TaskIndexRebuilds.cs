using Akka.Actor;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>The way to a rebuild of the read model for whoever is no actor.</summary>
public sealed class TaskIndexRebuilds(IActorRef index)
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(5);

    /// <summary>Rebuilds, or joins the rebuild that runs. It takes as long as it takes.</summary>
    /// <exception cref="Exception">It came to nothing; the tables are as they were.</exception>
    public async Task<RebuildReport> Run() =>
        (await index.Ask<TaskIndexActor.Rebuilt>(new TaskIndexActor.Rebuild(), Timeout.InfiniteTimeSpan)).Report;

    /// <summary>How the one that runs gets on, or how the last one of this process went; null when there was none.</summary>
    public async Task<RebuildReport?> Look(CancellationToken cancellation) =>
        (await index.Ask<TaskIndexActor.RebuildState>(new TaskIndexActor.GetRebuild(), AnswersWithin, cancellation)).Report;
}
