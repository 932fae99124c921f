using Akka.Actor;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>
/// Some hundred random commands; then every row of the index must say what a naive look at all tasks says, and a rebuild changes nothing.
/// </summary>
public sealed class TaskIndexCampaign : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_index_says_what_the_tasks_say(int seed)
    {
        var random = new Random(seed);
        var tasks = new List<TaskId>();
        var accepted = 0;
        for (var i = 0; i < 150; i++)
        {
            // Four at a time, so that writes share transactions and pulls.
            var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _running.Send(Next(random, tasks))).ToList());
            accepted += replies.OfType<TaskReplies.Accepted>().Count();
            Assert.DoesNotContain(
                replies.OfType<TaskReplies.Refused>(), r => r.Refusal.Code is RefusalCode.OutcomeUnknown or RefusalCode.StorageFailed);
        }

        Assert.True(accepted > 200, $"only {accepted} of 600 commands were accepted: the campaign proves little");
        await AssertRows();

        var before = Tables.Of(_running.Database);
        await _running.Rebuild();
        Assert.Equal(before, Tables.Of(_running.Database));

        await _running.Restart();
        await AssertRows();
    }

    private static ITaskCommand Next(Random random, List<TaskId> tasks)
    {
        TaskId Any() => tasks[random.Next(tasks.Count)];
        var dependencies = Enumerable.Range(0, tasks.Count == 0 ? 0 : random.Next(3))
            .Select(_ => new Dependency(Any(), (DependencyKind)random.Next(6))).ToArray();
        if (tasks.Count < 5 || random.Next(12) == 0)
        {
            var subtasks = Enumerable.Range(0, random.Next(4)).Select(i => $"sub {i}");
            var plan = Given.Plan($"task {tasks.Count}", dependencies).WithSubtasks([.. subtasks]);
            if (dependencies.Length == 0)
            {
                tasks.AddRange([plan.TaskId, .. plan.Subtasks.Select(s => s.TaskId)]);   // cannot be refused
            }

            return plan;
        }

        var task = Any();
        return random.Next(14) switch
        {
            7 when random.Next(3) == 0 => new TaskCommands.Cancel(task, Given.NewCommand(), Given.Worker, "why", random.Next(2) == 0),
            8 => new TaskCommands.Archive(task, Given.NewCommand(), Given.Worker, "why", null, random.Next(4) == 0),
            9 => new TaskCommands.Restore(task, Given.NewCommand(), Given.Worker),
            10 when random.Next(6) == 0 => new TaskCommands.Delete(task, Given.NewCommand(), Given.Worker, "why", random.Next(2) == 0),
            11 when dependencies.Length > 0 =>
                Given.Update(task, new TaskChanges { Waivers = [new DependencyWaiver(dependencies[0].On, "because")] }),
            12 => Given.Update(task, new TaskChanges { Attributes = [new AttributeChange($"a{random.Next(4)}", Value(random))] }),
            13 => new TaskCommands.RecordFiles(
                task, Given.NewCommand(), Given.Worker, [new FileObservation($"f{random.Next(3)}", random.Next(3) == 0 ? null : $"{random.Next(3)}", 1)]),
            0 or 1 => Given.Claim(task),
            2 => Given.Complete(task, next: (NextAction)random.Next(4)),
            3 => Given.Update(task, new TaskChanges { Phase = (TaskPhase)random.Next(1, 8), Note = "why" }),
            4 => Given.Update(task, new TaskChanges { Dependencies = dependencies, Progress = random.Next(100) }),
            5 => Given.Update(task, new TaskChanges { Priority = random.Next(5), DueAt = DateTimeOffset.UnixEpoch.AddDays(random.Next(9)) }),
            _ => AddSubtask(task),
        };
    }

    private static AttributeValue? Value(Random random) =>
        random.Next(4) == 0 ? null : new AttributeValue(AttributeKind.Number, $"{random.Next(9)}");

    private static TaskCommands.AddSubtasks AddSubtask(TaskId parent)
    {
        var command = Given.NewCommand();
        return new TaskCommands.AddSubtasks(
            parent, command, Given.Worker, null, [new PlannedTask(DerivedId.Task(command), Given.Definition("added"))]);
    }

    private async Task AssertRows()
    {
        var rows = All();
        var details = new Dictionary<TaskId, TaskDetails>();
        foreach (var row in rows)
        {
            details[row.TaskId] = (await _running.Tasks.Details(row.TaskId, CancellationToken.None))!;
        }

        var standings = new Dictionary<TaskId, TaskQueries.Standing>();
        foreach (var on in details.Values.SelectMany(d => d.Definition.Dependencies).Select(d => d.On).Distinct())
        {
            standings[on] = await _running.TaskRouter.Ask<TaskQueries.Standing>(new TaskQueries.GetStanding(on), TimeSpan.FromSeconds(20));
        }

        var children = rows.Where(r => r.Parent is not null).Select(r => r.TaskId);
        Assert.Equal(details.Values.SelectMany(d => d.Subtasks).Where(details.ContainsKey).Order(ById), children.Order(ById));
        Assert.All(rows, row => Assert.Equal(Naive(details[row.TaskId], details, standings, row), row));
        Assert.Empty(_running.Index.UnfinishedPlans());
        Assert.Equal(rows.Count(r => r.Ready), _running.Index.Count().Ready);
        Assert.Equal(rows.Where(r => r.Ready).Select(r => r.TaskId).Order(ById), _running.Index.Ready(1000).Select(r => r.TaskId).Order(ById));
        Assert.Equal(rows.Count(r => r.ClaimedBy is not null), _running.Index.OpenClaims().Count);
    }

    /// <summary>The row as one would write it down with all tasks in view. Positions and times of the index are taken as they are.</summary>
    private static TaskRow Naive(
        TaskDetails d, Dictionary<TaskId, TaskDetails> all, Dictionary<TaskId, TaskQueries.Standing> standings, TaskRow row)
    {
        var subtasks = d.Subtasks.Where(all.ContainsKey).Select(s => all[s]).ToList();
        var waiting = d.Definition.Dependencies.GroupBy(x => x.On).Select(x => x.OrderBy(k => k.Kind == DependencyKind.Related).First())
            .Count(x => x.Kind.HoldsUpStart() && !x.Kind.IsMetBy(standings[x.On]) && d.Waivers.All(w => w.On != x.On));
        var open = subtasks.Count(s => s.Phase is TaskPhase.Pending or TaskPhase.InProgress or TaskPhase.Blocked);
        var completed = subtasks.Count(IsSatisfied);
        return new TaskRow(
            d.TaskId, d.Parent, d.Root!.Value, d.Session, d.Definition.Title, d.Phase, d.Reason, d.Definition.Kind, d.Definition.Specialist,
            d.Definition.Complexity, d.Definition.Priority, d.Definition.DueAt,
            IsSatisfied(d) ? 100 : subtasks.Count > 0 ? completed * 100 / subtasks.Count : d.Progress,
            waiting, subtasks.Count, open, completed, d.Phase == TaskPhase.Pending && waiting == 0 && open == 0,
            d.ClaimedBy, d.Claim?.Deadline, d.Revision, row.Position, d.Parent is { } p ? all[p].Subtasks.ToList().IndexOf(d.TaskId) : 0, d.CreatedAt, d.UpdatedAt, row.StartedAt, row.ClosedAt)
        {
            ArchivedAt = row.ArchivedAt,
            KeepUntil = d.KeepUntil,
            Artifacts = d.Artifacts.Count,
        };
    }

    /// <summary>Whether it was completed before it was archived is told by its progress: only completion makes it a hundred here.</summary>
    private static bool IsSatisfied(TaskDetails d) => d.Phase == TaskPhase.Completed || (d.Phase == TaskPhase.Archived && d.Progress == 100);

    private List<TaskRow> All()
    {
        var rows = new List<TaskRow>();
        string? cursor = null;
        do
        {
            var page = _running.Index.Query(new(), 50, cursor);
            rows.AddRange(page.Tasks);
            cursor = page.Cursor;
        }
        while (cursor is not null);

        return rows;
    }

    private static readonly Comparer<TaskId> ById = Comparer<TaskId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));
}
