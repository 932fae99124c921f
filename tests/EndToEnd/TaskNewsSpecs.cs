using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>What clients are told by themselves, over kills and restarts of the backend.</summary>
public sealed class TaskNewsSpecs
{
    private const int Rounds = 4;
    private const int TasksPerRound = 12;

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_client_that_listens_hears_of_each_completed_task_once_however_often_the_backend_is_killed(Form form)
    {
        await using var workspace = new Workspace(form);
        var listener = await workspace.Connect(name: "listener");
        var silent = await workspace.Connect(name: "silent");
        var worker = await workspace.Connect(name: "worker");
        Assert.Equal("{}", (await listener.Request("logging/setLevel", new { level = "info" })).Result.GetRawText());
        var completed = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < TasksPerRound; i++)
            {
                var task = await worker.Plan($"{round} {i}");
                var answer = worker.Call("update_task", new { task_id = task, status = "completed" });
                if (i == TasksPerRound / 2)
                {
                    await workspace.KillBackend();   // while it is being done, or just after
                }

                Assert.Null((await answer).Refusal);
                completed.Add(task);
            }
        }

        await Until.True(() => Told(listener).Count >= completed.Count, "what was completed was told");
        await silent.Call("get_status", new { });
        await listener.Call("get_status", new { });   // whatever would be told twice comes before this answer

        Assert.Equal(completed, Told(listener));
        Assert.Empty(silent.Notifications);
        Assert.Empty(worker.Notifications);
        Assert.Empty(listener.Violations);
    }

    [SkippableTheory, InlineData(Form.Published)]
    public async Task What_happens_while_the_server_restarts_is_told_afterwards_and_once(Form form)
    {
        await using var workspace = new Workspace(form);
        var listener = await workspace.Connect(name: "listener");
        var worker = await workspace.Connect(name: "worker");
        await listener.Request("logging/setLevel", new { level = "info" });
        var completed = new List<string>();
        var restart = worker.Call("restart_server", new { reason = "configuration_update" });
        while (!restart.IsCompleted || completed.Count < TasksPerRound)
        {
            var task = await worker.Plan($"{completed.Count}");
            Assert.Null((await worker.Call("update_task", new { task_id = task, status = "completed" })).Refusal);
            completed.Add(task);
        }

        Assert.Null((await restart).Refusal);
        await Until.True(() => Told(listener).Count >= completed.Count, "what was completed was told");
        await listener.Call("get_status", new { });

        Assert.Equal(completed, Told(listener));
    }

    private static List<string> Told(RawClient client) =>
    [
        .. client.Notifications.Select(n => n.GetProperty("params")).Where(p => Text(p, "logger") == "orchestrator.tasks")
            .Select(p => p.GetProperty("data")).Where(d => Text(d, "event") == "task_completed").Select(d => Text(d, "task_id")),
    ];

    private static string Text(JsonElement of, string member) => of.TryGetProperty(member, out var value) ? value.GetString()! : "";
}
