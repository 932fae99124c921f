using LinqToDB.Data;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>What the watch over due dates asks, every minute, of however many tasks there are.</summary>
public sealed class DueDateIndexSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    private DateTimeOffset Now => _running.Clock.GetUtcNow();

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task Each_question_is_answered_from_an_index_that_holds_nothing_else()
    {
        await Plan(Now.AddHours(-1), Now.AddHours(1), null);
        var asked = new List<string>();
        var index = new SqliteTaskIndex(LinqToDB.DataOptionsExtensions.UseTracing(_running.Store.ReadOnly, System.Diagnostics.TraceLevel.Info, info =>
        {
            if (info is { TraceInfoStep: TraceInfoStep.BeforeExecute, Command: { } command })
            {
                asked.Add(command.CommandText);
            }
        }));

        var after = new OpenDueDate(new TaskId("task_x"), 1, Now.AddDays(-9), 1);
        index.PassedDueDates(Now, null, 10);
        index.PassedDueDates(Now, after, 10);
        index.NearDueDates(Now, Now.AddDays(1), null, 10);
        index.NearDueDates(Now, Now.AddDays(1), after, 10);
        index.NextDueDate(Now, TimeSpan.FromDays(1));

        Assert.Equal(6, asked.Count);
        string[] indexes = ["pass", "pass", "near", "near", "pass", "near"];
        Assert.All(asked.Zip(indexes), a =>
        {
            var (plan, name) = (Explain(a.Item1), a.Item2);
            Assert.StartsWith($"SEARCH t USING INDEX task_index_due_to_{name} (due_to_{name}", plan.Replace("COVERING ", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);   // nor sorted
        });
    }

    [Fact]
    public async Task Pages_follow_one_another_also_among_equal_due_dates()
    {
        var due = Now.AddHours(-1);
        await Plan([.. Enumerable.Repeat((DateTimeOffset?)due, 7), due.AddMinutes(-1), due.AddMinutes(1), Now, Now.AddMilliseconds(1)]);
        var found = new List<OpenDueDate>();
        while (_running.Index.PassedDueDates(Now, found.LastOrDefault(), 2) is { Count: > 0 } page)
        {
            found.AddRange(page);
        }

        // What is due this very millisecond may not be over; it is found in the next one.
        Assert.Equal(9, found.DistinctBy(d => d.TaskId).Count());
        Assert.Equal(found.OrderBy(d => d.DueAt).ThenBy(d => d.CreatedPosition), found);
        Assert.Equal(2, _running.Index.NearDueDates(Now, Now.AddDays(1), null, 100).Count);
    }

    [Fact]
    public async Task The_next_moment_is_the_next_due_date_or_the_time_before_it()
    {
        var ahead = TimeSpan.FromHours(24);
        Assert.Null(_running.Index.NextDueDate(Now, ahead));

        await Plan(Now.AddDays(-1), null, Now.AddHours(30), Now.AddDays(9));
        Assert.Equal(Now.AddHours(6), _running.Index.NextDueDate(Now, ahead));

        await Plan(Now.AddHours(5));   // is near already; passes before the other one is near
        Assert.Equal(Now.AddHours(5), _running.Index.NextDueDate(Now, ahead));
        Assert.Equal(Now.AddHours(5), _running.Index.NextDueDate(Now, TimeSpan.Zero));
    }

    private async Task Plan(params IEnumerable<DateTimeOffset?> dues)
    {
        foreach (var due in dues)
        {
            var plan = Given.Plan();
            await _running.Accepted(plan with { Definition = plan.Definition with { DueAt = due } });
        }
    }

    private string Explain(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_running.Database};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        foreach (var name in System.Text.RegularExpressions.Regex.Matches(sql, "@[a-zA-Z0-9_]+").Select(m => m.Value).Distinct())
        {
            command.Parameters.AddWithValue(name, 1);
        }

        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return string.Join('\n', steps);
    }
}
