using Akka.Actor;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.Migrations;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tests.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Migrations;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Actors.Tests.Migrations;

/// <summary>Databases of earlier builds under the production wiring: lock and epoch are the caller's, everything behind them is here.</summary>
public sealed class MigrationActorSpecs
{
    [Fact]
    public async Task A_new_database_has_todays_schema_and_nothing_was_migrated()
    {
        await using var running = await RunningOrchestrator.Start();

        Assert.Empty(await History(running));
        Assert.Equal(new UpToDate(true), new DatabaseUpgrade(running.Database, OrchestratorDatabase.Wanted).Check());
        Assert.Empty(new DatabaseUpgrade(running.Database, OrchestratorDatabase.Wanted).Verify());
    }

    [Fact]
    public async Task The_database_of_the_first_backend_is_upgraded_with_its_tasks()
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => File.Copy(Golden.PathOf(Golden.First), database));
        await Refreshed(running);

        Assert.Equal(["Buy a cake", "Ship the first version", "Test it", "Write the code"], Titles(running));
        Assert.Equal([MigrationOutcome.Adopted, MigrationOutcome.Applied], (await History(running)).Select(m => m.Outcome));
        var applied = (await History(running))[1].Migration;
        Assert.Contains(applied.Steps, s => s.Contains("journal", StringComparison.Ordinal));
        Assert.True(File.Exists(applied.Backup));
        Assert.Empty(new DatabaseUpgrade(running.Database, OrchestratorDatabase.Wanted).Verify());
        // It is written to, too.
        await running.Accepted(Given.Plan("new"));
    }

    [Fact]
    public async Task The_last_database_from_before_the_histories_is_upgraded_with_its_tasks()
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => File.Copy(Golden.PathOf(Golden.WithoutHistory), database));
        await Refreshed(running);

        Assert.Equal(4, Titles(running).Count);
        Assert.Equal([MigrationOutcome.Adopted, MigrationOutcome.Applied], (await History(running)).Select(m => m.Outcome));
    }

    [Fact]
    public async Task A_database_without_history_that_is_as_it_is_wanted_is_adopted_as_it_is()
    {
        await using var running = await RunningOrchestrator.Start();
        await running.Accepted(Given.Plan("a"));
        await running.Close();
        Ask(running.Database, "DROP TABLE migration_history; SELECT 1");

        await running.Open();
        await Refreshed(running);

        Assert.Equal(["a"], Titles(running));
        Assert.Equal(MigrationOutcome.Adopted, Assert.Single(await History(running)).Outcome);
        Assert.False(Directory.Exists(Path.Combine(running.Folder, "backups")));
    }

    [Fact]
    public async Task A_restart_writes_nothing_and_remembers_the_history()
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => File.Copy(Golden.PathOf(Golden.First), database));
        var (before, rows) = (await History(running), Ask(running.Database, "SELECT count(*) FROM journal"));

        await running.Restart();

        Assert.Equal(before.Select(m => m.Migration.Version), (await History(running)).Select(m => m.Migration.Version));
        Assert.Equal(rows, Ask(running.Database, "SELECT count(*) FROM journal"));
        Assert.Equal(rows, Ask(running.Database, "SELECT count(*) FROM journal"));
    }

    [Fact]
    public async Task What_a_start_that_died_did_not_write_into_the_journal_is_written_by_the_next()
    {
        await using var running = await RunningOrchestrator.Start(prepare: database =>
        {
            File.Copy(Golden.PathOf(Golden.First), database);
            OrchestratorDatabase.Open(database).Store.Close();   // upgraded, and dead before the first actor
            Assert.Equal("0", Ask(database, "SELECT count(*) FROM journal WHERE persistence_id = 'migrations'"));
        });

        Assert.Equal([MigrationOutcome.Adopted, MigrationOutcome.Applied], (await History(running)).Select(m => m.Outcome));
    }

    [Fact]
    public async Task A_newer_database_is_refused_and_not_one_byte_changes()
    {
        await using var running = await RunningOrchestrator.Start();
        await running.Accepted(Given.Plan("kept"));
        await running.Close();
        var newer = new WantedSchema([.. OrchestratorDatabase.Wanted.Statements, "CREATE TABLE tomorrow (a)"], SchemaHints.None,
            OrchestratorDatabase.SchemaVersion + 1);
        Assert.IsType<Upgraded>(new DatabaseUpgrade(running.Database, newer, new UpgradeOptions { Program = "9.9.9" }).Apply());
        SqliteConnection.ClearAllPools();
        var bytes = Bytes(running.Folder);

        var refused = Assert.Throws<UpgradeRefusedException>(() => OrchestratorDatabase.Open(running.Database));

        Assert.Equal(RefusalCode.DatabaseNewer, refused.Refusal.Code);
        Assert.Contains("9.9.9", refused.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, Bytes(running.Folder));
        Assert.IsType<TakenBack>(new DatabaseUpgrade(running.Database, newer).Rollback());
        await running.Open();
        Assert.Equal(["kept"], Titles(running));
        Assert.Equal(MigrationOutcome.TakenBack, Assert.Single(await History(running)).Outcome);
    }

    [Theory]
    [InlineData("ALTER TABLE task_index DROP COLUMN reason")]
    [InlineData("ALTER TABLE task_index ADD COLUMN mood TEXT NOT NULL DEFAULT 'x'; ALTER TABLE task_index ALTER COLUMN title DROP NOT NULL")]
    [InlineData("DROP TABLE task_dependency; CREATE TABLE task_dependency (task_id TEXT, other TEXT NOT NULL)")]
    [InlineData("ALTER TABLE task_index ALTER COLUMN description DROP NOT NULL; UPDATE task_index SET description = NULL")]
    [InlineData("DROP TABLE task_index; CREATE TABLE IF NOT EXISTS task_index AS SELECT 1 AS one")]
    [InlineData("DROP TABLE task_dependency")]
    public async Task A_read_model_of_another_shape_is_filled_anew_from_the_journal(string change)
    {
        await using var running = await RunningOrchestrator.Start();
        var plan = await running.Accepted(Given.Plan("root").WithSubtasks("a", "b"));
        var before = Rows(running);
        await running.Close();
        Ask(running.Database, change);
        Ask(running.Database, "CREATE VIEW mine AS SELECT task_id FROM task_dependency; CREATE INDEX my_index ON task_claim (task_id)");

        await running.Open();
        await Refreshed(running);

        Assert.Equal(before, Rows(running));
        Assert.Equal(plan.TaskId, running.Index.Find([plan.TaskId])[0].TaskId);
        Assert.Equal("my_index; mine", Ask(
            running.Database,
            "SELECT group_concat(name, '; ') FROM (SELECT name FROM sqlite_schema "
            + "WHERE name IN ('mine', 'my_index') ORDER BY type)"));
    }

    [Fact]
    public async Task An_upgrade_of_the_read_model_can_be_taken_back()
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => File.Copy(Golden.PathOf(Golden.WithoutHistory), database));
        await running.Close();
        Ask(running.Database, "ALTER TABLE task_index DROP COLUMN reason");
        var upgrade = new DatabaseUpgrade(running.Database, OrchestratorDatabase.Wanted);
        var done = Assert.IsType<Upgraded>(upgrade.Apply());
        Assert.False(done.Plan.IsDestructive);

        Assert.IsType<TakenBack>(upgrade.Rollback());

        Assert.Equal("0", Ask(running.Database, "SELECT count(*) FROM pragma_table_info('task_index') WHERE name = 'reason'"));
        Assert.Equal("0", Ask(running.Database, "SELECT count(*) FROM projection"));
        await running.Open();
        await Refreshed(running);
        Assert.Equal(4, Titles(running).Count);
    }

    [Fact]
    public void A_change_of_the_schema_has_a_new_number()
    {
        // When this fails: raise SchemaVersion, keep a database of the version before under tests/Golden, and put the new pair here.
        Assert.Equal((3, "c9d96468516fec61"), (OrchestratorDatabase.SchemaVersion, OrchestratorDatabase.Wanted.Checksum[..16]));
    }

    private static async Task<IReadOnlyList<MigrationEntry>> History(RunningOrchestrator running) =>
        (await running.Migrations.Ask<MigrationReplies.History>(new MigrationQueries.GetHistory(), TimeSpan.FromSeconds(20))).Migrations;

    private static Task<TaskIndexActor.Refreshed> Refreshed(RunningOrchestrator running) =>
        running.IndexActor.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), TimeSpan.FromSeconds(20));

    private static List<string> Titles(RunningOrchestrator running) =>
        [.. running.Index.Query(new TaskFilter(), 100, null).Tasks.Select(t => t.Title).Order(StringComparer.Ordinal)];

    // How far the tables are is not compared: the migration itself is in the journal, too.
    private static List<string> Rows(RunningOrchestrator running) =>
        [.. Tables.Of(running.Database).Where(row => !row.StartsWith("projection", StringComparison.Ordinal))];

    // An open for reading may leave the two helpers of the write-ahead log behind; they hold nothing.
    private static string Bytes(string folder) => string.Join('\n', Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Where(f => !(f.EndsWith("-shm", StringComparison.Ordinal) || (f.EndsWith("-wal", StringComparison.Ordinal) && new FileInfo(f).Length == 0)))
        .Select(f => $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));

    private static string? Ask(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }
}
