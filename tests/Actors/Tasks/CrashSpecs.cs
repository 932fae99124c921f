using Microsoft.Data.Sqlite;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>
/// A plan of several tasks is written in several transactions. The process dies between any two of them: the next one finishes the plan by
/// itself, and a client that asks again gets its answer.
/// </summary>
public sealed class CrashSpecs : IAsyncLifetime
{
    // Root, three subtasks, confirmation.
    private const int RowsOfPlan = 5;

    // Two subtasks added: the wish, the two, confirmation.
    private const int RowsOfAddition = 4;

    private static readonly TaskCommands.Plan Plan = Given.Plan("root").WithSubtasks("a", "b", "c");
    private static readonly TaskCommands.AddSubtasks Addition = Add("d", "e");

    private readonly string _copy = Path.GetTempFileName();
    private TaskReplies.Accepted _planned = null!;
    private TaskReplies.Accepted _added = null!;

    /// <summary>Every moment at which the process can die.</summary>
    public static TheoryData<int> Moments => [.. Enumerable.Range(0, RowsOfPlan + RowsOfAddition + 1)];

    public async Task InitializeAsync()
    {
        await using var running = await RunningOrchestrator.Start();
        _planned = await running.Accepted(Plan);
        _added = await running.Accepted(Addition);
        await running.Close();
        Assert.Equal(RowsOfPlan + RowsOfAddition, Rows(running.Database));
        File.Copy(running.Database, _copy, overwrite: true);
        await running.Open();
    }

    public Task DisposeAsync()
    {
        File.Delete(_copy);
        return Task.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_crash_at_any_moment_is_made_good(int rows)
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => DieAfter(rows, database));
        await running.Eventually(() => running.Index.Position() >= rows && running.Index.UnfinishedPlans().Count == 0);
        Assert.Equal(rows switch { 0 => 0, <= RowsOfPlan => 3, _ => 5 }, running.Index.Query(new() { Parent = Plan.TaskId }, 10, null).Total);

        Assert.Equal(_planned, await running.Accepted(Plan));
        Assert.Equal(_added, await running.Accepted(Addition));

        var children = running.Index.Query(new() { Parent = Plan.TaskId }, 10, null).Tasks;
        Assert.Equal(["a", "b", "c", "d", "e"], children.Select(t => t.Title).Order());
        Assert.Equal(5, Assert.Single(running.Index.Find([Plan.TaskId])).Subtasks);
        Assert.Equal(RowsOfPlan + RowsOfAddition, Rows(running.Database));
        Assert.Equal(_planned, await running.Accepted(Plan));
        Assert.Equal(RowsOfPlan + RowsOfAddition, Rows(running.Database));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_client_that_asks_again_at_once_meets_the_recovery_and_nothing_is_done_twice(int rows)
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => DieAfter(rows, database));

        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => running.Accepted(Plan)));

        Assert.Equal([_planned], replies.Distinct());
        Assert.Equal(RowsOfPlan, Rows(running.Database));
    }

    [Fact]
    public async Task What_the_index_has_not_caught_up_with_is_known_to_the_guard_of_the_graph_all_the_same()
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => DieAfter(RowsOfPlan, database));

        // The very first message after the start. A cycle, too, must be seen.
        var refused = running.Refused(Given.Update(
            Plan.Subtasks[0].TaskId, new TaskChanges { Dependencies = [new Dependency(Plan.TaskId)] }));
        var accepted = running.Accepted(Given.Plan("another", new Dependency(Plan.TaskId)));

        Assert.Contains("cycle", (await refused).Message, StringComparison.Ordinal);
        await accepted;
    }

    /// <summary>The database as it was after the first <paramref name="rows"/> rows; the index is caught up from the journal.</summary>
    private void DieAfter(int rows, string database)
    {
        File.Copy(_copy, database);
        Execute(
            database,
            $"""
             DELETE FROM journal WHERE ordering > {rows};
             UPDATE sqlite_sequence SET seq = {rows} WHERE name = 'journal';
             DROP TABLE task_index; DROP TABLE task_dependency; DROP TABLE task_artifact; DROP TABLE task_claim; DELETE FROM projection;
             """);
    }

    private static long Rows(string database) => Execute(database, "SELECT count(*) FROM journal WHERE persistence_id <> 'migrations'");

    private static long Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }

    private static TaskCommands.AddSubtasks Add(params string[] titles)
    {
        var command = Given.NewCommand();
        return new TaskCommands.AddSubtasks(
            Plan.TaskId, command, Given.Worker, null, [.. titles.Select(t => new PlannedTask(DerivedId.Task(command, t), Given.Definition(t)))]);
    }
}
