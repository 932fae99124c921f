using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Migrations;

/// <summary>The verbs, as a shell starts them: on real files, with good and with bad input.</summary>
public sealed class MigrateCommandSpecs : IAsyncLifetime
{
    private readonly Workspace _workspace = new();

    private string Shop => Path.Join(_workspace.Root, "shop.db");

    private string Desired => Path.Join(_workspace.Root, "shop.sql");

    private string Hints => Path.Join(_workspace.Root, "hints.json");

    public Task InitializeAsync()
    {
        GoldenDatabase.Ask(
            Shop,
            """
            CREATE TABLE customer (id INTEGER PRIMARY KEY, fullname TEXT, age TEXT);
            INSERT INTO customer VALUES (1, 'Ada', '36'), (2, 'Grace', '85');
            CREATE VIEW mine AS SELECT id FROM customer;
            """);
        return File.WriteAllTextAsync(
            Desired,
            "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', age INTEGER);\n"
            + "CREATE INDEX by_name ON customer (name);\n");
    }

    public Task DisposeAsync() => _workspace.DisposeAsync().AsTask();

    [Fact]
    public async Task A_foreign_database_goes_the_whole_way_and_back()
    {
        await File.WriteAllTextAsync(
            Hints,
            """{"renames":[{"kind":"column","table":"customer","from":"fullname","to":"name"},{"kind":"table","from":"gone","to":"x"}]}""");
        Assert.Contains("steps away", (await Migrate("status")).Out, StringComparison.Ordinal);
        var planned = await Migrate("plan", "--sql");
        var json = JsonDocument.Parse((await Migrate("plan", "--json")).Out).RootElement;
        Assert.Equal(
            ["not as wanted"],
            (await Migrate("verify")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(':')[0]).Distinct());

        var applied = await Migrate("apply");

        Assert.True(applied.ExitCode == 0, applied.Error);
        Assert.Contains("step 1 of", applied.Error, StringComparison.Ordinal);
        Assert.Equal(["1|Ada|36|integer", "2|Grace|85|integer"], GoldenDatabase.Ask(Shop, "SELECT id, name, age, typeof(age) FROM customer"));
        Assert.Equal(["mine"], GoldenDatabase.Ask(Shop, "SELECT name FROM sqlite_schema WHERE type = 'view'"));
        Assert.Equal(
            ["customer", "migration_history"], GoldenDatabase.Ask(Shop, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"));
        Assert.Equal(planned.Out, await Done());
        Assert.Equal(json.List("steps").SelectMany(s => s.List("sql")).Select(s => s.GetString() + ";\n").Aggregate(string.Concat), planned.Out);
        Assert.Equal((0, "Nothing to do.\n"), Short(await Migrate("apply")));
        Assert.Equal((0, "Nothing to do.\n"), Short(await Migrate("plan")));
        Assert.Equal((0, "Sound, and as it is wanted.\n"), Short(await Migrate("verify")));

        var back = await Run("rollback");
        Assert.StartsWith("Taken back: migration 2.", back.Out, StringComparison.Ordinal);
        Assert.Equal(["1|Ada|36|text", "2|Grace|85|text"], GoldenDatabase.Ask(Shop, "SELECT id, fullname, age, typeof(age) FROM customer"));
        Assert.Equal((0, "Nothing to take back.\n"), Short(await Run("rollback")));

        GoldenDatabase.Ask(Shop, "DELETE FROM customer");
        var backup = Directory.GetFiles(Path.Join(_workspace.Root, "backups"), "shop-v1-*.db").Single();
        Assert.Equal(0, (await Run("restore", backup)).ExitCode);
        Assert.Equal(["2"], GoldenDatabase.Ask(Shop, "SELECT count(*) FROM customer"));
    }

    [Fact]
    public async Task A_column_goes_only_when_it_is_allowed_to()
    {
        Assert.Equal(0, (await Migrate("apply")).ExitCode);
        Assert.Equal(["2"], GoldenDatabase.Ask(Shop, "SELECT count(fullname) FROM customer"));

        Assert.Contains("destructive", (await Migrate("plan", "--allow-destructive")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Migrate("apply", "--allow-destructive")).ExitCode);

        Assert.Equal(["id", "name", "age"], GoldenDatabase.Ask(Shop, "SELECT name FROM pragma_table_info('customer') ORDER BY cid"));
    }

    [Fact]
    public async Task New_columns_are_filled_ahead_when_that_is_asked_for()
    {
        await File.WriteAllTextAsync(Desired, "CREATE TABLE customer (id INTEGER PRIMARY KEY, fullname TEXT, age TEXT, initial TEXT NOT NULL);");
        await File.WriteAllTextAsync(Hints, """{"backfill":[{"table":"customer","column":"initial","sql":"substr(fullname, 1, 1)"}]}""");

        var run = await Migrate("apply", "--progressive");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.StartsWith("Filled ahead: 2 rows.\nDone:", run.Out, StringComparison.Ordinal);
        Assert.Equal(["A", "G"], GoldenDatabase.Ask(Shop, "SELECT initial FROM customer ORDER BY id"));
        Assert.Equal((0, "Sound, and as it is wanted.\n"), Short(await Migrate("verify")));
        Assert.Equal(1, (await Own("apply", "--progressive")).ExitCode);
    }

    [Fact]
    public async Task Rows_that_do_not_fit_are_named_and_nothing_is_changed()
    {
        GoldenDatabase.Ask(Shop, "INSERT INTO customer VALUES (3, 'Edsger', 'seventy')");
        var before = await File.ReadAllBytesAsync(Shop);

        var (plan, apply) = (await Migrate("plan", "--json"), await Migrate("apply"));

        Assert.Equal((2, 2), (plan.ExitCode, apply.ExitCode));
        Assert.Contains("seventy", apply.Error, StringComparison.Ordinal);
        Assert.Equal("rows", JsonDocument.Parse(plan.Out).RootElement.GetProperty("refusal").Text("code"));
        Assert.Equal(before, await File.ReadAllBytesAsync(Shop));
    }

    [Theory]
    [InlineData("migrate", "--desired")]
    [InlineData("migrate plan --database x.db", "--desired")]
    [InlineData("migrate apply --desired x.sql", "--database")]
    [InlineData("migrate apply --database x.db --desired none.sql", "none.sql")]
    [InlineData("migrate history --database x.db --hints h.json", "--desired")]
    [InlineData("migrate restore", "BACKUP")]
    [InlineData("migrate rollback --to -1", "--to")]
    [InlineData("migrate rollback --to soon", "soon")]
    [InlineData("migrate dance", "dance")]
    [InlineData("migrate status extra", "extra")]
    public async Task Wrong_use_is_told_and_ends_with_1(string line, string named)
    {
        var run = await CommandLine.Execute(_workspace, [.. _workspace.Program.Host, .. line.Split(' ')]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(named, run.Out + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Join(_workspace.Project, "x.db")));
    }

    [Fact]
    public async Task Files_that_make_no_sense_are_told_and_nothing_is_changed()
    {
        var before = await File.ReadAllBytesAsync(Shop);
        await File.WriteAllTextAsync(Hints, "[1,");
        Assert.Equal(1, (await Migrate("apply")).ExitCode);
        await File.WriteAllTextAsync(Hints, "{}");
        await File.WriteAllTextAsync(Desired, "CREATE TABEL customer (id);");
        var bad = await Migrate("apply");
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains("TABEL", bad.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Shop));

        await File.WriteAllTextAsync(Shop, string.Concat(Enumerable.Repeat("This is a letter, not a database.\n", 200)));
        await File.WriteAllTextAsync(Desired, "CREATE TABLE customer (id INTEGER PRIMARY KEY);");
        foreach (var verb in new[] { "status", "plan", "apply", "verify" })
        {
            var run = await Migrate(verb);
            Assert.Equal(2, run.ExitCode);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await Run("history")).ExitCode);
        Assert.Equal(2, (await Run("rollback")).ExitCode);
        Assert.StartsWith("This is a letter", await File.ReadAllTextAsync(Shop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changes_the_products_own_database_respects_the_backend_that_has_it()
    {
        GoldenDatabase.Place(_workspace);
        Assert.Equal(0, (await Own("apply")).ExitCode);
        var client = await _workspace.Connect();
        Assert.Equal(4, (await client.AllTasks()).Count);

        foreach (var verb in new[] { new[] { "apply" }, ["rollback"], ["restore", "x.db"] })
        {
            var refused = await Own(verb);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains($"process {_workspace.Backend()}", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await Own("status")).ExitCode);
        Assert.Equal(0, (await Own("verify")).ExitCode);
        Assert.Contains("applied", (await Own("history")).Out, StringComparison.Ordinal);
        Assert.Equal(4, (await client.AllTasks()).Count);
        Assert.Empty(client.Violations);
    }

    [Fact]
    public async Task Without_a_database_there_is_nothing_to_look_at_and_apply_makes_one()
    {
        Assert.Contains("not there yet", (await Own("status")).Out, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(Own("verify"), Own("history"), Own("rollback")), run => Assert.Equal(2, run.ExitCode));
        Assert.False(File.Exists(_workspace.Database));

        Assert.Equal(0, (await Own("apply")).ExitCode);
        Assert.Equal(0, (await Own("verify")).ExitCode);
    }

    private static (int, string) Short(CommandLine run) => (run.ExitCode, run.Out);

    /// <summary>The statements that the history says were run.</summary>
    private async Task<string> Done()
    {
        var last = JsonDocument.Parse((await Run("history", "--json")).Out).RootElement.EnumerateArray().Last();
        return string.Concat(last.List("steps").SelectMany(s => s.List("sql")).Select(s => s.GetString() + ";\n"));
    }

    private Task<CommandLine> Own(params string[] words) => CommandLine.Run(_workspace, ["migrate", .. words]);

    private Task<CommandLine> Run(params string[] words) =>
        CommandLine.Execute(_workspace, [.. _workspace.Program.Host, "migrate", .. words, "--database", Shop]);

    private Task<CommandLine> Migrate(params string[] words) =>
        Run([.. words, "--desired", Desired, .. File.Exists(Hints) ? ["--hints", Hints] : Array.Empty<string>()]);
}
