using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Tests.Postgres;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A column is filled beside the program that is running, in batches; a kill between two of them costs one batch.</summary>
public abstract class ProgressiveBackfillSpecs(Func<Sandbox> make, string key, string before) : IDisposable
{
    private const string Hints =
        """
        {"backfill":[
            {"table":"orders","column":"gross","sql":"net * 2"}, {"table":"orders","column":"mood","sql":"'m' || id"},
            {"table":"gone","column":"x","sql":"1"}]}
        """;

    private readonly Sandbox _sandbox = Fresh(make, before);
    private readonly string _wanted = $"CREATE TABLE orders (id INTEGER {key}, net INTEGER, gross INTEGER NOT NULL, mood TEXT)";

    /// <summary>How many rows there are.</summary>
    protected abstract int Count { get; }

    /// <summary>What the backfill has put into the schema.</summary>
    protected abstract string Own { get; }

    public void Dispose()
    {
        _sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public async Task Rows_are_filled_while_others_read_and_write_and_the_migration_has_only_to_forbid_NULL()
    {
        var (batches, percents) = (0, new List<int>());
        var filled = await Backfill(_sandbox, new UpgradeOptions
        {
            Progress = p =>
            {
                // The program of before, between two batches: it knows nothing of the new columns.
                _sandbox.Run($"INSERT INTO orders (net) VALUES ({++batches}); UPDATE orders SET net = {batches} WHERE id = 3");
                percents.Add(p.Percent!.Value);
            },
        }).Run();

        Assert.InRange(filled, 2 * (Count - 1), _sandbox.Number("SELECT count(gross) + count(mood) FROM orders"));
        Assert.True(batches >= 19, $"{batches} batches");
        Assert.Equal(Count - 1, _sandbox.Number($"SELECT count(*) FROM orders WHERE id > 3 AND id <= 3 * {Count} AND gross = net * 2 AND mood = 'm' || id"));
        Assert.False(Backfill(_sandbox).IsPending);
        Assert.Equal(batches, _sandbox.Number("SELECT count(*) FROM log"));   // the user's trigger heard only the user's writes

        _sandbox.Run("UPDATE orders SET net = 77 WHERE id IN (6, 9)");   // what is computed from it follows
        var acts = new List<string>();
        var done = Assert.IsType<Upgraded>(_sandbox.To(_wanted, Hints, new UpgradeOptions { Reached = acts.Add }).Apply());

        Assert.Equal(["orders.gross refuses NULL"], done.Plan.Steps.Select(s => s.Summary));
        Assert.DoesNotContain(acts, act => act.StartsWith("backup", StringComparison.Ordinal));   // writers wait for the lock, not for a copy
        Assert.Equal(Count + batches, _sandbox.Number("SELECT count(*) FROM orders WHERE gross = net * 2"));
        Assert.Equal("", _sandbox.Ask(Own));
        Assert.IsType<NothingToDo>(_sandbox.To(_wanted, Hints).Apply());
        if (done.Backup is { } backup)
        {
            Assert.Equal(backup, _sandbox.To(_wanted, Hints).History()[^1].Backup);
            Assert.IsType<TakenBack>(_sandbox.To(_wanted, Hints).Restore(backup));
            Assert.Equal(Count, _sandbox.Number("SELECT count(*) FROM orders"));
            Assert.Null(_sandbox.Schema().Table("orders")!.Column("gross", StringComparer.Ordinal));
        }
        else
        {
            Assert.IsType<TakenBack>(_sandbox.To(_wanted, Hints).Rollback());
            Assert.False(_sandbox.Schema().Table("orders")!.Column("gross", StringComparer.Ordinal)!.NotNull);
        }
    }

    [SkippableFact]
    public async Task A_fault_at_every_batch_costs_nothing_but_that_batch()
    {
        var known = 0L;
        for (var faults = 0; ; faults++)
        {
            var acts = 0;
            var options = new UpgradeOptions
            {
                Reached = act => _ = act.StartsWith("backfill", StringComparison.Ordinal) && ++acts == 2 ? throw new InvalidOperationException(act) : 0,
            };
            try
            {
                await Backfill(_sandbox, options).Run();
                Assert.True(faults >= 18, $"{faults} faults");
                break;
            }
            catch (InvalidOperationException)
            {
                Assert.True(Backfill(_sandbox).IsPending);

                // Each start fills one batch more, from where the one before had come to.
                var now = _sandbox.Number("SELECT count(gross) + count(mood) FROM orders");
                Assert.True(now > known || now % Count == 0, $"{known} {now}");
                known = now;
            }
        }

        Assert.Equal(Count, _sandbox.Number("SELECT count(*) FROM orders WHERE gross = net * 2 AND mood = 'm' || id"));
        Assert.False(Backfill(_sandbox).IsPending);
    }

    [SkippableFact]
    public async Task A_fault_at_every_act_from_the_first_column_to_the_commit_is_made_good_by_the_next_run()
    {
        var acts = new List<string>();
        await Arrive(_sandbox, new UpgradeOptions { Reached = acts.Add });
        var @new = Orders(_sandbox);
        acts = [.. acts.Where((a, i) => !a.StartsWith("backfill", StringComparison.Ordinal) || i % 10 == 0)];
        Assert.Contains("settle orders.gross", acts);
        foreach (var fault in acts.Distinct())
        {
            using var sandbox = Fresh(make, before);
            var options = new UpgradeOptions { Reached = act => _ = act == fault ? throw new InjectedException(act) : 0 };
            await Assert.ThrowsAsync<InjectedException>(() => Arrive(sandbox, options));

            // The program of before goes on.
            sandbox.Run("UPDATE orders SET net = net + 1 WHERE id = 3; UPDATE orders SET net = net - 1 WHERE id = 3");
            await Arrive(sandbox, new UpgradeOptions());

            Assert.Equal(@new, Orders(sandbox));
            Assert.Equal("", sandbox.Ask(Own));
        }
    }

    [SkippableFact]
    public async Task Rows_that_come_in_the_last_moment_are_filled_too()
    {
        await Backfill(_sandbox).Run();
        _sandbox.Run("INSERT INTO orders (id, net) VALUES (1, 70), (900001, 80)");

        Assert.IsType<Upgraded>(_sandbox.To(_wanted, Hints).Apply());

        Assert.Equal("1|140; 900001|160", _sandbox.Ask("SELECT id, gross FROM orders WHERE id IN (1, 900001) ORDER BY id"));
        Assert.Equal("", _sandbox.Ask(Own));
        Assert.DoesNotContain(_sandbox.To(_wanted, Hints).History(), r => r.Status == "failed");
    }

    [SkippableFact]
    public async Task An_expression_that_yields_NULL_is_refused_by_the_migration_and_the_program_of_before_goes_on()
    {
        const string hints = """{"backfill":[{"table":"orders","column":"gross","sql":"nullif(net, 500) * 2"}]}""";
        await Backfill(_sandbox, hints: hints).Run();
        Assert.Equal(Count - 1, _sandbox.Number("SELECT count(gross) FROM orders"));

        Assert.Equal("rows", Assert.IsType<Refused>(_sandbox.To(_wanted, hints).Apply()).Refusal.Code);

        _sandbox.Run("INSERT INTO orders (id, net) VALUES (1, 500)");
        Assert.Equal(2, _sandbox.Number("SELECT count(*) FROM orders WHERE gross IS NULL"));
        Assert.IsType<Upgraded>(_sandbox.To(_wanted, hints.Replace("nullif(net, 500)", "net", StringComparison.Ordinal)).Apply());
    }

    [SkippableFact]
    public async Task An_expression_that_stops_at_a_row_can_be_put_right_and_the_next_run_goes_on()
    {
        const string hints = """{"backfill":[{"table":"orders","column":"gross","sql":"net * 2"}]}""";
        var acts = 0;
        var options = new UpgradeOptions
        {
            Reached = act => _ = act.StartsWith("backfill", StringComparison.Ordinal) && ++acts == 2 ? throw new InvalidOperationException(act) : 0,
        };
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Backfill(_sandbox, options, hints.Replace("net * 2", "net * 2 + 0", StringComparison.Ordinal)).Run());
        Assert.True(Backfill(_sandbox).IsPending);

        await Backfill(_sandbox, hints: hints).Run();

        Assert.Equal(Count, _sandbox.Number("SELECT count(*) FROM orders WHERE gross = net * 2"));
        Assert.IsType<Upgraded>(_sandbox.To(_wanted, hints).Apply());
        Assert.Equal("", _sandbox.Ask(Own));
    }

    [SkippableFact]
    public async Task A_column_with_a_default_is_left_to_the_migration_and_filled_by_it()
    {
        var wanted = _wanted.Replace("gross INTEGER NOT NULL", "gross INTEGER NOT NULL DEFAULT 5", StringComparison.Ordinal);
        var backfill = new ProgressiveBackfill(_sandbox.Address, _sandbox.Wanted(wanted, Hints), _sandbox.Options(null));
        Assert.Equal(Count, await backfill.Run());   // mood

        Assert.IsType<Upgraded>(_sandbox.To(wanted, Hints).Apply());

        Assert.Equal(Count, _sandbox.Number("SELECT count(*) FROM orders WHERE gross = net * 2"));
    }

    [SkippableFact]
    public async Task Without_a_column_that_can_be_added_ahead_nothing_is_changed()
    {
        var content = _sandbox.Content();

        Assert.Equal(0, await Backfill(_sandbox, hints: "{}").Run());

        Assert.Equal(content, _sandbox.Content());
    }

    [SkippableFact]
    public async Task An_expression_that_does_not_work_is_told_and_can_be_put_right()
    {
        const string wrong = """{"backfill":[{"table":"orders","column":"mood","sql":"no_such(id)"}]}""";

        await Assert.ThrowsAsync<SchemaException>(() => Backfill(_sandbox, hints: wrong).Run());

        Assert.Null(_sandbox.Schema().Table("orders")!.Column("mood", StringComparer.Ordinal));
        Assert.Equal(2 * Count, await Backfill(_sandbox).Run());
    }

    protected ProgressiveBackfill Backfill(Sandbox sandbox, UpgradeOptions? options = null, string hints = Hints) =>
        new(sandbox.Address, sandbox.Wanted(_wanted, hints), sandbox.Options(options))
        {
            Batch = 100,
            Pause = TimeSpan.Zero,
        };

    protected Sandbox Work => _sandbox;

    private static Sandbox Fresh(Func<Sandbox> make, string before)
    {
        var sandbox = make();
        sandbox.Run(before);
        return sandbox;
    }

    // The log tells what the program of before did.
    private static string Orders(Sandbox sandbox) =>
        string.Join('\n', sandbox.Content().Split('\n').Where(l => !l.StartsWith("log: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private async Task Arrive(Sandbox sandbox, UpgradeOptions options)
    {
        await Backfill(sandbox, options).Run();
        var done = sandbox.To(_wanted, Hints, options).Apply();
        Assert.True(done is Upgraded or NothingToDo, done.ToString());
    }

    private sealed class InjectedException(string act) : Exception(act);
}

public sealed class SqliteProgressiveBackfillSpecs() : ProgressiveBackfillSpecs(
    () => new SqliteSandbox(), "PRIMARY KEY",
    """
    PRAGMA journal_mode = WAL;
    CREATE TABLE orders (id INTEGER PRIMARY KEY, net INTEGER);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO orders SELECT i * 3, i FROM n;
    CREATE TABLE log (id INTEGER);
    CREATE TRIGGER mine AFTER UPDATE ON orders BEGIN INSERT INTO log VALUES (new.id); END;
    """)
{
    protected override int Count => 1000;

    protected override string Own => "SELECT name FROM sqlite_schema WHERE name LIKE 'migration_backfill%'";

    [Fact]
    public async Task Whether_a_row_has_no_value_is_then_seen_without_a_look_at_each_row_and_nobody_takes_that_index_for_part_of_the_schema()
    {
        Work.Run("ANALYZE");
        await Backfill(Work).Run();

        Assert.Contains("USING COVERING INDEX migration_backfill_", Work.Ask("EXPLAIN QUERY PLAN SELECT 1 FROM orders WHERE gross IS NULL"), StringComparison.Ordinal);
        Assert.Empty(Work.Schema().Indexes);
    }
}

public sealed class PostgresProgressiveBackfillSpecs() : ProgressiveBackfillSpecs(
    () => new PostgresSandbox(), "GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    """
    CREATE TABLE orders (id integer GENERATED BY DEFAULT AS IDENTITY (START WITH 100000) PRIMARY KEY, net integer);
    INSERT INTO orders SELECT i * 3, i FROM generate_series(1, 4000) AS i;
    CREATE TABLE log (id integer);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$;
    CREATE TRIGGER mine AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION note();
    """)
{
    protected override int Count => 4000;

    protected override string Own =>
        """
        SELECT relname FROM pg_class WHERE relname = 'migration_backfill' AND relnamespace = current_schema()::regnamespace
        UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'zz_migration%' AND pronamespace = current_schema()::regnamespace
        UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE 'zz_migration%' AND connamespace = current_schema()::regnamespace
        """;

    [SkippableFact]
    public async Task Rows_that_somebody_holds_are_asked_for_again_and_again_and_not_for_ever()
    {
        using var other = ((PostgresSandbox)Work).Open();
        await Backfill(Work, new UpgradeOptions { Reached = act => _ = act.StartsWith("backfill", StringComparison.Ordinal) ? throw new TimeoutException() : 0 })
            .Run().ContinueWith(run => Assert.IsType<TimeoutException>(run.Exception!.InnerException), TaskScheduler.Default);
        other.Execute("BEGIN; UPDATE orders SET net = net WHERE id = 3000");
        other.Execute("SELECT 1 FROM orders WHERE id = 6000 FOR UPDATE");

        var refused = await Assert.ThrowsAsync<SchemaException>(
            () => Backfill(Work, new UpgradeOptions { LockWait = TimeSpan.FromMilliseconds(200) }).Run());

        Assert.Contains("somebody holds rows of orders", refused.Message, StringComparison.Ordinal);
        var told = new TaskCompletionSource();
        var run = Task.Run(() => Backfill(Work, new UpgradeOptions { Progress = p => _ = p.Phase == "waiting" && told.TrySetResult() }).Run());
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        other.Execute("COMMIT");
        await run.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Count, Work.Number("SELECT count(*) FROM orders WHERE gross = net * 2"));
    }

    [SkippableFact]
    public async Task Without_the_right_to_keep_a_users_triggers_quiet_the_migration_fills_the_column()
    {
        var plain = $"plain_{((PostgresSandbox)Work).SchemaName}";
        Work.Run($"CREATE ROLE {plain} LOGIN; ALTER SCHEMA {((PostgresSandbox)Work).SchemaName} OWNER TO {plain}; ALTER TABLE orders OWNER TO {plain}; "
            + $"ALTER TABLE log OWNER TO {plain}; ALTER FUNCTION note() OWNER TO {plain}; GRANT CREATE ON DATABASE postgres TO {plain}");
        try
        {
            var address = new Npgsql.NpgsqlConnectionStringBuilder(Work.Address) { Username = plain }.ConnectionString;
            var wanted = Work.Wanted(
                "CREATE TABLE orders (id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, net INTEGER, gross INTEGER NOT NULL)",
                """{"backfill":[{"table":"orders","column":"gross","sql":"net * 2"}]}""");

            Assert.Equal(0, await new ProgressiveBackfill(address, wanted).Run());
            Assert.IsType<Upgraded>(DatabaseUpgrade.For(address, wanted).Apply());

            Assert.Equal(Count, Work.Number("SELECT count(*) FROM orders WHERE gross = net * 2"));
            Assert.Equal(0, Work.Number("SELECT count(*) FROM log"));
        }
        finally
        {
            Work.Run($"DROP OWNED BY {plain} CASCADE; DROP ROLE {plain}");
        }
    }
}
