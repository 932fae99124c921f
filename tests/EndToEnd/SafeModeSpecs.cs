using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>A backend that crashes by itself, again and again.</summary>
public class SafeModeSpecs
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task After_five_crashes_it_serves_only_questions_about_itself_until_somebody_says_that_the_cause_is_gone(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await client.Plan("before");
        for (var i = 0; i < 5; i++)
        {
            // Of those that end with a core dump, the runtime lets nothing else from outside through.
            var backend = workspace.Backend()!.Value;
            using (var abort = Process.Start("kill", ["-SYS", $"{backend}"]))
            {
                await abort.WaitForExitAsync();
            }

            await Until.True(() => workspace.Backend() is { } next && next != backend, "the next backend");
            await client.Call("get_status", new { });
        }

        var refused = await client.Call("plan_task", new { title = "x", description = "x" });
        Assert.Equal("SAFE_MODE", refused.Refusal);
        var health = (await client.Call("health_check", new { })).Done;
        Assert.Equal(("unhealthy", "closed"), (health.Text("status"), health.Text("gate")));
        Assert.Contains("crashed 5 times", health.Text("gate_reason"), StringComparison.Ordinal);

        var ready = (await client.Call("shutdown_prepare", new { })).Done;
        Assert.False(ready.GetProperty("ready").GetBoolean());
        Assert.Equal(["The database is not open."], ready.List("blockers").Select(b => b.GetString()));

        var restart = (await client.Call("restart_server", new { reason = "error_recovery" })).Done;
        Assert.True(restart.GetProperty("success").GetBoolean());
        await client.Plan("after");
        Assert.Equal(["after", "before"], (await client.AllTasks()).Select(t => t.Text("title")).Order());
        Assert.Empty(client.Violations);
    }
}
