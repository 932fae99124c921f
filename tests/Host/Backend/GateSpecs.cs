using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Actors.Migrations;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Host.Tests.Backend;

/// <summary>What clients see of the gate: they wait while it migrates, and hear why when it stays shut. The status waits for nobody.</summary>
public sealed class GateSpecs : IAsyncDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServedStore _served;
    private bool _hold;

    public GateSpecs() => _served = new ServedStore(async (open, progress) =>
    {
        if (_hold)
        {
            progress(new UpgradeProgress("step", 3, 5, "rebuild table orders") { Percent = 40 });
            _reached.SetResult();
            await _goOn.Task;
        }

        return await open(progress);
    });

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task A_call_is_held_while_the_database_is_migrated_and_the_status_says_what_is_done()
    {
        _hold = true;
        await using var client = await _served.Connect();
        await using var watcher = await _served.Connect("11111111111111111111111111111111");
        var held = client.Call("plan_task", new { title = "t", description = "d" });
        await _reached.Task;

        var status = await watcher.Call("get_status", new { });

        Assert.False(held.IsCompleted);
        var database = status.Value["database"]!.AsObject();
        Assert.Equal("migrating", database["state"]!.GetValue<string>());
        Assert.Equal("rebuild table orders", database["doing"]!.GetValue<string>());
        Assert.Equal((3, 5, 40), (database["step"]!.GetValue<int>(), database["steps"]!.GetValue<int>(), database["percent"]!.GetValue<int>()));
        Assert.Contains("step 3 of 5, 40 %", status.Reply["result"]!["content"]![0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);

        _goOn.SetResult();
        Assert.Null((await held).Error);
        Assert.Equal(1, (await watcher.Call("get_status", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_newer_database_is_safe_mode_everywhere_and_a_repaired_one_heals_without_a_restart()
    {
        var newer = new WantedSchema([.. OrchestratorDatabase.Wanted.Statements, "CREATE TABLE tomorrow (a)"], SchemaHints.None,
            OrchestratorDatabase.SchemaVersion + 1);
        Assert.IsType<Upgraded>(new DatabaseUpgrade(_served.Database, newer, new UpgradeOptions { Program = "9.9.9" }).Apply());
        await using var client = await _served.Connect();

        var refused = await client.Call("query_tasks", new { });
        Assert.Equal(RefusalCode.DatabaseNewer, refused.Error!.Value.Code);
        Assert.Contains("9.9.9", refused.Error!.Value.Message, StringComparison.Ordinal);
        var database = (await client.Call("get_status", new { })).Value["database"]!;
        Assert.Equal(("safe_mode", RefusalCode.DatabaseNewer), (database["state"]!.GetValue<string>(), database["code"]!.GetValue<string>()));
        Assert.NotEmpty(database["next_step"]!.GetValue<string>());
        var notice = RefusalJson.Parse(client.Notices[0].Span);
        Assert.Equal(refused.Error!.Value.Message, notice.Message);

        // While it refuses to serve, the database is free to be put right.
        using (var free = DatabaseLock.TryTake(_served.Location))
        {
            Assert.NotNull(free);
            Assert.IsType<TakenBack>(new DatabaseUpgrade(_served.Database, newer).Rollback());
        }

        _served.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null((await client.Call("query_tasks", new { })).Error);
        Assert.Null(DatabaseLock.TryTake(_served.Location));
    }

    [Fact]
    public async Task What_was_begun_and_failed_is_not_tried_again_at_every_call()
    {
        var attempts = 0;
        var gate = new Gate(
            _ =>
            {
                attempts++;
                throw new UpgradeRefusedException(new Refusal(RefusalCode.MigrationFailed, "the disk is full.", "Make room."), hasBegun: true);
            },
            _served.Clock,
            NullLogger<Gate>.Instance);
        for (var i = 0; i < 5; i++)
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(() => gate.Enter(CancellationToken.None));
            Assert.Equal(RefusalCode.MigrationFailed, refused.Refusal.Code);
            _served.Clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(2, attempts);
        Assert.Equal(GatePhase.Refused, gate.State.Phase);
    }

    [Fact]
    public async Task A_gate_waits_for_the_command_that_has_the_database()
    {
        var held = DatabaseLock.TryTake(_served.Location);
        await using var client = await _served.Connect();
        var call = client.Call("plan_task", new { title = "t", description = "d" });
        Assert.True(SpinWait.SpinUntil(() => _served.GateState.Phase == GatePhase.Migrating, TimeSpan.FromSeconds(30)));
        Assert.Contains("waiting for another process", _served.GateState.What, StringComparison.Ordinal);
        held!.Dispose();
        while (!call.IsCompleted)
        {
            _served.Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(call, Task.Delay(5));
        }

        Assert.Null((await call).Error);
    }
}
