using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.Migrations;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tests.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Serialization;

/// <summary>
/// What past builds have stored is read for ever, and gives the same state. With ORCHESTRATOR_GOLDEN=write the specs write what they would read,
/// under tests/Golden: for a new stored shape, or a new release. What is there already is never written over, but for new names at the end.
/// </summary>
public sealed class GoldenJournalSpecs
{
    private const string Shapes = "stored-events.txt";
    private const string Release = "0.1.0";
    private static readonly bool Writing = Environment.GetEnvironmentVariable("ORCHESTRATOR_GOLDEN") == "write";

    [Fact]
    public void Every_shape_that_was_ever_stored_is_read()
    {
        var path = Golden.PathOf(Shapes);
        var kept = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (Writing)
        {
            var names = kept.Select(line => line.Split('\t')[0]).ToHashSet();
            kept =
            [
                .. kept,
                .. StoredEvents.All.Select(e => (Name: EventCodec.Name(e.Event), e.Json))
                    .Where(e => !names.Contains(e.Name)).Select(e => $"{e.Name}\t{e.Json}"),
            ];
            File.WriteAllText(path, string.Join('\n', kept) + "\n");
        }

        Assert.All(kept, line =>
        {
            var (name, json) = (line.Split('\t')[0], line.Split('\t')[1]);
            var read = EventCodec.Read(name, Encoding.UTF8.GetBytes(json));
            Assert.Equal(Upcasts.Known.Name(name), EventCodec.Name(read));
            if (!Upcasts.Known.IsOld(name))
            {
                Assert.Equal(json, Encoding.UTF8.GetString(EventCodec.Write(read)));
            }
        });
        // A name that is missing here: run this spec once with ORCHESTRATOR_GOLDEN=write and keep the file.
        Assert.Empty(EventManifest.Names.Values.Except(kept.Select(line => line.Split('\t')[0])));
    }

    [Fact]
    public async Task The_journal_of_a_release_gives_the_same_state_for_ever()
    {
        if (Writing && !File.Exists(Golden.PathOf($"{Release}.db")))
        {
            await Write();
        }

        await using var running = await RunningOrchestrator.Start(prepare: database => File.Copy(Golden.PathOf($"{Release}.db"), database));

        Same(File.ReadAllText(Golden.PathOf($"{Release}.txt")), await State(running));
        Assert.Equal(1, Count(running.Database, "SELECT count(*) FROM snapshot WHERE persistence_id LIKE 'task-%'"));
    }

    [Theory]
    [InlineData("DELETE FROM snapshot")]
    [InlineData("UPDATE snapshot SET manifest = 'task-snapshot/99'")]
    [InlineData("UPDATE projection SET definition = 99")]
    [InlineData("DROP TABLE task_index; DROP TABLE task_claim")]
    public async Task Without_what_is_derived_the_state_is_the_same(string meanwhile)
    {
        await using var running = await RunningOrchestrator.Start(prepare: database =>
        {
            File.Copy(Golden.PathOf($"{Release}.db"), database);
            Count(database, meanwhile);
        });

        Same(File.ReadAllText(Golden.PathOf($"{Release}.txt")), await State(running));
    }

    // A later build may know more of a task; what was known of it stays as it was.
    private static void Same(string kept, string now)
    {
        var lines = now.Split('\n');
        Assert.All(kept.Split('\n'), was => Assert.Contains(lines, line => was.StartsWith('{')
            ? line.StartsWith('{') && Holds(JsonNode.Parse(was), JsonNode.Parse(line))
            : !was.Split('|').Except(line.Split('|')).Any()));
    }

    private static bool Holds(JsonNode? was, JsonNode? now) => (was, now) switch
    {
        (JsonObject w, JsonObject n) => w.All(m => n.ContainsKey(m.Key) && Holds(m.Value, n[m.Key])),
        (JsonArray w, JsonArray n) => w.Count == n.Count && w.Zip(n, Holds).All(holds => holds),
        _ => JsonNode.DeepEquals(was, now),
    };

    private static async Task Write()
    {
        await using var running = await RunningOrchestrator.Start();
        await Live(running);
        var state = await State(running);
        await running.Close();
        OrchestratorDatabase.Open(running.Database).Store.Close();
        SqliteConnection.ClearAllPools();
        Count(running.Database, "PRAGMA journal_mode = DELETE; VACUUM");
        File.Copy(running.Database, Golden.PathOf($"{Release}.db"));
        File.WriteAllText(Golden.PathOf($"{Release}.txt"), state);
        await running.Open();
    }

    // A life in which everything happens that can happen to tasks.
    private static async Task Live(RunningOrchestrator running)
    {
        var session = new SessionId("ses_golden");
        await running.Sessions.Send(new SessionCommands.Open(session, Given.NewCommand(), Given.Worker, "/work", 0), CancellationToken.None);
        var plan = Given.Plan("root").WithSubtasks("a", "b", "c");
        await running.Accepted(plan with { Session = session });
        var (a, b, c) = (plan.Subtasks[0].TaskId, plan.Subtasks[1].TaskId, plan.Subtasks[2].TaskId);
        var more = Given.NewCommand();
        await running.Accepted(new TaskCommands.AddSubtasks(
            plan.TaskId, more, Given.Worker, session, [new PlannedTask(DerivedId.Task(more, "d"), Given.Definition("d"))]));
        await running.Accepted(Given.Update(b, new TaskChanges { Dependencies = [new Dependency(a), new Dependency(c, DependencyKind.Related)] }));
        var claim = (await running.Accepted(Given.Claim(a))).Claim!.Token;
        await running.Accepted(Given.Update(a, new TaskChanges { Progress = 40, Note = "ünïcode \"and\" more" }, claim));
        await running.Accepted(Given.Complete(a, claim, NextAction.NeedsRevision));
        claim = (await running.Accepted(Given.Claim(a))).Claim!.Token;
        await running.Accepted(Given.Complete(a, claim));
        var lost = await running.Accepted(Given.Claim(c, minutes: 5));
        running.Clock.Advance(TimeSpan.FromMinutes(6));
        await running.Eventually(() => running.Index.Find([c])[0].Phase == TaskPhase.Pending);
        var released = (await running.Accepted(Given.Claim(c, minutes: 60))).Claim!.Token;
        Assert.NotEqual(lost.Claim!.Token, released);
        await running.Accepted(Given.Update(c, new TaskChanges { Phase = TaskPhase.Pending, Note = "later" }, released));
        await running.Accepted(Given.Update(c, new TaskChanges
        {
            Title = "c, edited",
            Description = "what",
            Kind = TaskKind.Research,
            Complexity = TaskComplexity.Complex,
            Specialist = "reviewer",
            Priority = 0,
            Effort = "2 h",
            DueAt = new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero),
            Context = """{"a":1}""",
        }));
        await running.Accepted(Given.Update(c, new TaskChanges { Phase = TaskPhase.Blocked, Note = "no access" }));
        await running.Accepted(Given.Claim(b, minutes: 600));
        var noted = Given.Plan("noted");
        await running.Accepted(noted);
        for (var i = 0; i < 103; i++)
        {
            await running.Accepted(Given.Update(noted.TaskId, new TaskChanges { Note = $"note {i}" }));
        }

        await running.Sessions.Send(new SessionCommands.Resume(session, Given.NewCommand(), Given.Worker, 5), CancellationToken.None);
    }

    private static async Task<string> State(RunningOrchestrator running)
    {
        await running.IndexActor.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), TimeSpan.FromSeconds(20));
        var tasks = running.Index.Query(new TaskFilter(), 100, null).Tasks.Select(t => t.TaskId).OrderBy(t => t.Value, StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var id in tasks)
        {
            text.AppendLine(JsonSerializer.Serialize(await running.Tasks.Details(id, CancellationToken.None)));
        }

        var session = await running.Sessions.Send(new SessionQueries.Get(new SessionId("ses_golden")), CancellationToken.None);
        text.AppendLine(JsonSerializer.Serialize<object>(session));
        foreach (var row in Tables.Of(running.Database).Where(row => !row.StartsWith("projection", StringComparison.Ordinal)))
        {
            text.AppendLine(row);
        }

        return text.ToString();
    }

    private static long Count(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}
