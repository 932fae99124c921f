using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A column is filled beside the program that is running, in batches; a kill between two of them costs one batch.</summary>
public sealed class ProgressiveBackfillSpecs : IDisposable
{
    private const string Wanted = "CREATE TABLE orders (id INTEGER PRIMARY KEY, net INTEGER, gross INTEGER NOT NULL, mood TEXT)";

    private const string Hints =
        """
        {"backfill":[
            {"table":"orders","column":"gross","sql":"net * 2"}, {"table":"orders","column":"mood","sql":"'m' || id"},
            {"table":"gone","column":"x","sql":"1"}]}
        """;

    private readonly SqliteSandbox _sandbox = new();

    public ProgressiveBackfillSpecs() => _sandbox.Run(
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE orders (id INTEGER PRIMARY KEY, net INTEGER);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO orders SELECT i * 3, i FROM n;
        CREATE TABLE log (id INTEGER);
        CREATE TRIGGER mine AFTER UPDATE ON orders BEGIN INSERT INTO log VALUES (new.id); END;
        """);

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Rows_are_filled_while_others_read_and_write_and_the_migration_has_only_to_forbid_NULL()
    {
        var (batches, percents) = (0, new List<int>());
        var filled = await Backfill(p =>
        {
            // The program of before, between two batches: it knows nothing of the new columns.
            _sandbox.Run($"INSERT INTO orders (net) VALUES ({++batches}); UPDATE orders SET net = net WHERE id = 3");
            percents.Add(p.Percent!.Value);
        }).Run();

        Assert.Equal(_sandbox.Number("SELECT count(gross) + count(mood) FROM orders"), filled);
        Assert.True(batches >= 19, $"{batches} batches");
        Assert.Equal("1000|1000", _sandbox.Ask("SELECT sum(gross = net * 2), sum(mood = 'm' || id) FROM orders WHERE id <= 3000"));
        Assert.False(Backfill().IsPending);
        var log = _sandbox.Number("SELECT count(*) FROM log");
        Assert.Equal(batches, log);   // the user's trigger heard only the user's writes

        var done = Assert.IsType<Upgraded>(_sandbox.To(Wanted, Hints).Apply());
        Assert.Equal(["orders.gross refuses NULL"], done.Plan.Steps.Select(s => s.Summary));
        Assert.Equal(0, _sandbox.Number("SELECT count(*) FROM orders WHERE gross IS NOT net * 2"));
        Assert.IsType<NothingToDo>(_sandbox.To(Wanted, Hints).Apply());
    }

    [Fact]
    public async Task A_kill_at_every_batch_costs_nothing_but_that_batch()
    {
        for (var kills = 0; ; kills++)
        {
            var acts = 0;
            var options = new UpgradeOptions { Reached = act => _ = ++acts == 2 ? throw new InvalidOperationException(act) : acts };
            var backfill = new ProgressiveBackfill(_sandbox.Database, new WantedSchema([Wanted], SchemaHints.Parse(Hints)), options)
            {
                Batch = 100,
                Pause = TimeSpan.Zero,
            };
            try
            {
                await backfill.Run();
                Assert.InRange(kills, 18, 24);
                break;
            }
            catch (InvalidOperationException)
            {
                Assert.True(backfill.IsPending);
                // Each start fills one batch more, from where the one before had come to.
                Assert.Equal(Math.Min(kills + 1, 10) * 100, _sandbox.Number("SELECT count(gross) FROM orders"));
            }
        }

        Assert.Equal("1000|1000", _sandbox.Ask("SELECT sum(gross = net * 2), sum(mood = 'm' || id) FROM orders"));
        Assert.False(Backfill().IsPending);
    }

    [Fact]
    public async Task Without_a_column_that_can_be_added_ahead_nothing_is_changed()
    {
        var before = _sandbox.Content();

        Assert.Equal(0, await new ProgressiveBackfill(_sandbox.Database, new WantedSchema([Wanted], SchemaHints.None)).Run());

        Assert.Equal(before, _sandbox.Content());
    }

    [Fact]
    public async Task An_expression_that_does_not_work_is_told_and_can_be_put_right()
    {
        var wrong = new WantedSchema([Wanted], SchemaHints.Parse("""{"backfill":[{"table":"orders","column":"mood","sql":"no_such(id)"}]}"""));

        await Assert.ThrowsAsync<SchemaException>(() => new ProgressiveBackfill(_sandbox.Database, wrong).Run());

        Assert.Equal(0, _sandbox.Number("SELECT count(*) FROM pragma_table_info('orders') WHERE name = 'mood'"));
        Assert.Equal(2000, await Backfill().Run());
    }

    private ProgressiveBackfill Backfill(Action<UpgradeProgress>? progress = null) =>
        new(_sandbox.Database, new WantedSchema([Wanted], SchemaHints.Parse(Hints)), new UpgradeOptions { Progress = progress })
        {
            Batch = 100,
            Pause = TimeSpan.Zero,
        };
}
