using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Harness;
using Orchestrator.Protocol.Wire;
using static Orchestrator.EndToEnd.Harness.Between.Way;

namespace Orchestrator.EndToEnd;

/// <summary>
/// One request's life, from the first byte that its client writes to the acknowledged answer, with a backend that is killed at each of its moments. Each
/// time it is shown that the moment was met; then the effect is there once, the answer comes once, and the client may even ask again under another id.
/// </summary>
public sealed class MomentSpecs
{
    // A journal row of this kind is never finished: its writer counts for longer than anybody waits.
    private const string Spin =
        """
        CREATE VIEW spin AS WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 100000000000) SELECT n FROM count;
        CREATE TRIGGER held BEFORE INSERT ON journal WHEN NEW.manifest = '{0}' BEGIN SELECT count(*) FROM spin; END;
        """;

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_backend_killed_at_every_moment_of_a_request_leaves_one_effect_and_one_answer(Form form)
    {
        await using var workspace = new Workspace(form);
        await using var walk = await Walk.Begin(workspace);

        await walk.Moment("P0 part of the line is in the front", async call =>
        {
            // More than a pipe holds: when it is written, the front has read of it.
            var half = call.Line.Length / 2;
            await walk.Client.Write(call.Line[..half], newline: false);
            await walk.Kill();
            Assert.Empty(walk.Sent(call));
            await walk.Start();
            call.Answer = walk.Client.Expect($"s:{call.Title}");
            await walk.Client.Write(call.Line[half..]);
        }, padding: 300_000);

        await walk.Moment("P1 the whole line is in the front and was not sent", async call =>
        {
            await walk.Kill();
            call.Answer = walk.Client.Send(call.Id, call.Line);
            await walk.Client.Request("ping", new { });   // answered by the front, after it has read the line
            Assert.Empty(walk.Sent(call));
            await walk.Start();
        });

        await walk.Moment("P2 part of the frame is on its way", async call =>
        {
            var cut = walk.Between.CutAt(ToBackend, call.Title, 0.5);
            call.Answer = walk.Client.Send(call.Id, call.Line);
            Assert.InRange((await cut.Soon("the cut")).Passed, FrameHeader.Size + 1, call.Line.Length);
            await walk.Kill();
            await walk.Start();
        });

        await walk.Moment("P3 the frame has arrived and was not read", async call =>
        {
            await walk.Stop();
            call.Answer = walk.Client.Send(call.Id, call.Line);
            await walk.Between.Passed(ToBackend, call.Title);
            await walk.Kill();
            Assert.Equal(0, walk.Rows(call.Title));
            await walk.Start();
        });

        await walk.Moment("P4 the intent is in the journal and nothing else", async call =>
        {
            walk.Execute(Spin, "task-planned/1");
            var before = walk.Count("key-begun/1");
            call.Answer = walk.Client.Send(call.Id, call.Line);
            await Until.True(() => walk.Count("key-begun/1") == before + 1, "the intent");
            await walk.Kill();
            Assert.Equal(0, walk.Rows(call.Title));
            walk.Execute("DROP TRIGGER held; DROP VIEW spin;");
            await walk.Start();
        });

        await walk.Moment("P5 it is being executed and nothing is committed", async call =>
        {
            using (walk.Lock())
            {
                call.Answer = walk.Client.Send(call.Id, call.Line);
                await walk.Between.Passed(ToBackend, call.Title);
                await walk.Client.Call("get_status", new { });   // read and answered behind it
                await walk.Kill();
            }

            Assert.Equal(0, walk.Rows(call.Title));
            await walk.Start();
        });

        await walk.Moment("P6 the effect is committed and its answer is not recorded", async call =>
        {
            walk.Execute(Spin, "key-recorded/1");
            var before = walk.Count("key-recorded/1");
            call.Answer = walk.Client.Send(call.Id, call.Line);
            await Until.True(() => walk.Rows(call.Title) == 1, "the effect");
            await walk.Kill();
            Assert.Equal(before, walk.Count("key-recorded/1"));
            walk.Execute("DROP TRIGGER held; DROP VIEW spin;");
            await walk.Start();
        });

        await walk.Moment("P7 the answer is recorded and not sent", async call => await CutAnswer(walk, call, 0));
        await walk.Moment("P8 half of the answer is on its way", async call => await CutAnswer(walk, call, 0.5));

        await walk.Moment("P9 the answer is in the front and its client does not read", async call =>
        {
            var resume = new TaskCompletionSource();
            walk.Client.Pause = resume.Task;
            var others = Enumerable.Range(0, 40).Select(_ => walk.Client.Request("tools/list", new { })).ToList();
            call.Answer = walk.Client.Send(call.Id, call.Line);
            await walk.Between.Passed(ToFront, $"Planned {await walk.TaskOf(call.Title)}");
            await walk.Kill();
            Assert.False(call.Answer.IsCompleted);
            resume.SetResult();
            Assert.All(await Task.WhenAll(others), r => Assert.Null(r.ErrorCode));
            await walk.Start();
        });

        await walk.Moment("P10 the answer is delivered and not acknowledged", async call =>
        {
            call.Answer = walk.Client.Send(call.Id, call.Line);
            var answer = await walk.Between.Passed(ToFront, $"Planned {(await call.Answer).Done.Text("task_id")}");
            await walk.Kill();
            Assert.DoesNotContain(walk.Between.Frames.SkipWhile(f => f != answer), f => f.Way == ToBackend && f.Acknowledged >= answer.Sequence);
            await walk.Start();
        });

        await walk.Moment("P11 the answer is acknowledged", async call =>
        {
            call.Answer = walk.Client.Send(call.Id, call.Line);
            var answer = await walk.Between.Passed(ToFront, $"Planned {(await call.Answer).Done.Text("task_id")}");
            await walk.Client.Call("get_status", new { });   // carries the acknowledgement
            Assert.Contains(walk.Between.Frames.SkipWhile(f => f != answer), f => f.Way == ToBackend && f.Acknowledged >= answer.Sequence);
            await walk.Kill();
            await walk.Start();
        });

        Assert.Equal(12, walk.Met);
        Assert.Empty(walk.Client.Violations);
    }

    private static async Task CutAnswer(Walk walk, Walk.OneCall call, double share)
    {
        var cut = walk.Between.CutAt(ToFront, $"\"title\":\"{call.Title}\"", share);
        call.Answer = walk.Client.Send(call.Id, call.Line);
        var seen = await cut.Soon("the cut");
        Assert.InRange(seen.Passed, share == 0 ? 0 : FrameHeader.Size + 1, share == 0 ? 0 : seen.Length - 1);
        await walk.Kill();
        Assert.False(call.Answer.IsCompleted);
        await walk.Start();
        using var first = JsonDocument.Parse(seen.Text);
        Assert.Equal(
            first.RootElement.GetProperty("result").GetProperty("structuredContent").GetRawText(), (await call.Answer).Done.GetRawText());
    }

    private sealed class Walk : IAsyncDisposable
    {
        private readonly Workspace _workspace;
        private readonly string _home;
        private Process _backend = null!;

        private Walk(Workspace workspace)
        {
            _workspace = workspace;
            _home = Directory.CreateDirectory(Path.Join(workspace.Root, "b")).FullName;
            Between = new Between(workspace, _home);
        }

        public Between Between { get; }

        public RawClient Client { get; private set; } = null!;

        public int Met { get; private set; }

        public static async Task<Walk> Begin(Workspace workspace)
        {
            var walk = new Walk(workspace);
            await walk.Start();
            walk.Client = await workspace.Connect();
            return walk;
        }

        /// <summary>Makes a call whose backend dies at one moment, and looks at what has become of it.</summary>
        public async Task Moment(string name, Func<OneCall, Task> meet, int padding = 0)
        {
            var call = new OneCall(name, padding);
            await meet(call);
            Met++;
            var answer = (await call.Answer.Soon(name)).Done;
            Assert.Equal(name, answer.Text("title"));
            Assert.Equal(1, Rows(name));
            Assert.Equal(1, (await Client.Call("query_tasks", new { search_text = name })).Done.Number("total"));

            // And a client that has lost the answer asks again, as a new request.
            var again = await Client.Call("plan_task", call.Arguments);
            Assert.Equal(answer.GetRawText(), again.Done.GetRawText());
            Assert.True(again.Result.GetProperty("_meta").GetProperty("idempotency_replayed").GetBoolean());
            Assert.Equal(1, Rows(name));
        }

        public async Task Start()
        {
            _backend = _workspace.Start(["/usr/bin/env", $"HOME={_home}", .. _workspace.Program.Host, "backend", "--data-dir", _workspace.Data]);
            await Until.True(() => _workspace.Backend() == _backend.Id, "the backend");
        }

        public async Task Kill()
        {
            Assert.Equal(_backend.Id, _workspace.Backend());
            _backend.Kill();
            await _backend.WaitForExitAsync().WaitAsync(Until.Patience);
            _backend.Dispose();
        }

        public Task Stop() => Processes.Stop(_backend.Id);

        public IEnumerable<Between.Seen> Sent(OneCall call) =>
            Between.Frames.Where(f => f.Way == ToBackend && f.Text.Contains(call.Title, StringComparison.Ordinal));

        /// <summary>How many tasks of this title the journal holds.</summary>
        public long Rows(string title) => Scalar(
            "SELECT count(*) FROM journal WHERE manifest = 'task-planned/1' AND CAST(message AS TEXT) LIKE '%\"title\":\"' || $text || '\"%'", title);

        public long Count(string manifest) => Scalar("SELECT count(*) FROM journal WHERE manifest = $text", manifest);

        public async Task<string> TaskOf(string title)
        {
            await Until.True(() => Rows(title) == 1, "the effect");
            using var db = Open();
            using var command = db.CreateCommand();
            command.CommandText = "SELECT persistence_id FROM journal WHERE manifest = 'task-planned/1' AND CAST(message AS TEXT) LIKE '%' || $text || '%'";
            command.Parameters.AddWithValue("$text", title);
            return ((string)command.ExecuteScalar()!)["task-".Length..];
        }

        public void Execute(string sql, string manifest = "")
        {
            using var db = Open();
            using var command = db.CreateCommand();
            command.CommandText = sql.Replace("{0}", manifest, StringComparison.Ordinal);
            command.ExecuteNonQuery();
        }

        /// <summary>Keeps everybody else from writing.</summary>
        public SqliteConnection Lock()
        {
            var db = Open();
            using var begin = db.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            return db;
        }

        public async ValueTask DisposeAsync() => await Between.DisposeAsync();

        private SqliteConnection Open()
        {
            var db = new SqliteConnection($"Data Source={_workspace.Database};Pooling=False");
            db.Open();
            return db;
        }

        private long Scalar(string sql, string text)
        {
            using var db = Open();
            using var command = db.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$text", text);
            return (long)command.ExecuteScalar()!;
        }

        public sealed class OneCall
        {
            public OneCall(string title, int padding)
            {
                Title = title;
                Id = JsonSerializer.Serialize(title);
                Arguments = new { title, description = padding == 0 ? "d" : new string('d', 1000), idempotency_key = title };
                var line = JsonSerializer.Serialize(new
                {
                    jsonrpc = "2.0",
                    method = "tools/call",
                    @params = new { name = "orchestrator_plan_task", arguments = Arguments },
                    id = title,
                });
                Line = Encoding.UTF8.GetBytes(new string(' ', padding / 2) + line + new string(' ', padding / 2));
            }

            public string Title { get; }

            public string Id { get; }

            public object Arguments { get; }

            public byte[] Line { get; }

            public Task<Reply> Answer { get; set; } = Task.FromException<Reply>(new InvalidOperationException("It was not sent."));
        }
    }
}
