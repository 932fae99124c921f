using Microsoft.Data.Sqlite;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>
/// The end of a task is written in several transactions: its own, those of its subtasks, those of its dependents, and the confirmation. The process dies
/// between any two of them: the next one finishes by itself, and a client that asks again gets the same answer.
/// </summary>
public sealed class EndCrashSpecs : IDisposable
{
    private readonly string _copy = Path.GetTempFileName();

    public void Dispose() => File.Delete(_copy);

    [Fact]
    public Task A_crash_while_a_task_is_deleted_is_made_good() => DieEverywhere(
        (root, _) => new TaskCommands.Delete(root, Given.NewCommand(), Given.Worker, "why", true),
        (running, root, part, waiting) =>
        {
            Assert.Empty(running.Index.Find([root, part]));
            Assert.True(Assert.Single(running.Index.Find([waiting])).Ready);
        });

    [Fact]
    public Task A_crash_while_a_task_is_cancelled_is_made_good() => DieEverywhere(
        (root, _) => new TaskCommands.Cancel(root, Given.NewCommand(), Given.Worker, "why", true),
        (running, root, part, waiting) =>
        {
            Assert.All(running.Index.Find([root, part]), t => Assert.Equal(TaskPhase.Cancelled, t.Phase));
            Assert.Equal("task-noted", running.Index.History(waiting, 0, 10)[^1].Name);
        });

    [Fact]
    public Task A_crash_while_a_change_of_status_cancels_a_task_is_made_good() => DieEverywhere(
        (root, _) => Given.Update(root, new TaskChanges { Phase = TaskPhase.Cancelled, Note = "why" }),
        (running, root, part, waiting) =>
        {
            Assert.All(running.Index.Find([root, part]), t => Assert.Equal(TaskPhase.Cancelled, t.Phase));
            Assert.Equal("task-noted", running.Index.History(waiting, 0, 10)[^1].Name);
        });

    private async Task DieEverywhere(
        Func<TaskId, TaskId, ITaskCommand> end, Action<RunningOrchestrator, TaskId, TaskId, TaskId> assert)
    {
        var plan = Given.Plan("root").WithSubtasks("part");
        var waiting = Given.Plan("waiting", new Dependency(plan.TaskId));
        var command = end(plan.TaskId, waiting.TaskId);
        long planned;
        TaskReplies.Accepted reply;
        await using (var running = await RunningOrchestrator.Start())
        {
            await running.Accepted(plan);
            await running.Accepted(waiting);
            planned = running.Index.Position();
            reply = await running.Accepted(command);
            await running.Close();
            File.Copy(running.Database, _copy, overwrite: true);
            await running.Open();
        }

        var moments = Boundaries(_copy).Where(row => row >= planned).ToList();
        Assert.True(moments.Count >= 5, $"{moments.Count} moments are not all there are");
        foreach (var row in moments)
        {
            await using var running = await RunningOrchestrator.Start(prepare: database => DieAfter(row, database));
            await running.Eventually(() => running.Index.Position() >= row && running.Index.UnfinishedPlans().Count == 0);

            Assert.Equal(reply, await running.Accepted(command));

            assert(running, plan.TaskId, plan.Subtasks[0].TaskId, waiting.TaskId);
            Assert.Equal(moments[^1], running.Index.Position());   // nothing twice
        }
    }

    private void DieAfter(long row, string database)
    {
        File.Copy(_copy, database);
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
             DELETE FROM journal WHERE ordering > {row};
             UPDATE sqlite_sequence SET seq = {row} WHERE name = 'journal';
             UPDATE projection SET definition = 0;
             """;
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }

    // A transaction ends where another task's rows begin.
    private static List<long> Boundaries(string database)
    {
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ordering, persistence_id FROM journal ORDER BY ordering";
        using var reader = command.ExecuteReader();
        var rows = new List<(long Ordering, string Task)>();
        while (reader.Read())
        {
            rows.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return [.. rows.Where((r, i) => i == rows.Count - 1 || rows[i + 1].Task != r.Task).Select(r => r.Ordering)];
    }

    private static SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        return connection;
    }
}
