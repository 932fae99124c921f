using System.Security.Cryptography;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Migrations;

/// <summary>Whole processes on the databases of earlier and later builds.</summary>
public sealed class MigrationSpecs
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task The_database_of_the_first_backend_is_upgraded_by_the_first_call(Form form)
    {
        await using var workspace = new Workspace(form);
        GoldenDatabase.Place(workspace);
        var client = await workspace.Connect();

        Assert.Equal(GoldenDatabase.Titles, (await client.AllTasks()).Select(t => t.Text("title")).Order(StringComparer.Ordinal));
        await client.Plan("a fifth one");

        Assert.Equal(5, (await client.AllTasks()).Count);
        Assert.Equal(
            ["baseline", "applied"], GoldenDatabase.Ask(workspace.Database, "SELECT status FROM migration_history ORDER BY version"));
        Assert.Equal(
            ["migration-adopted/1", "migration-applied/1"],
            GoldenDatabase.Ask(workspace.Database, "SELECT manifest FROM journal WHERE persistence_id = 'migrations' ORDER BY ordering"));
        Assert.Single(Directory.GetFiles(Path.Join(workspace.Data, "backups"), "*.db"));
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_newer_database_is_safe_mode_and_the_reason_is_on_the_fronts_standard_error(Form form)
    {
        await using var workspace = new Workspace(form);
        await Newer(workspace);
        var before = SHA256.HashData(await File.ReadAllBytesAsync(workspace.Database));
        var client = await workspace.Connect();

        var refused = await client.Call("plan_task", new { title = "t", description = "d" });

        Assert.Equal("DATABASE_NEWER", refused.Refusal);
        Assert.Contains("schema version 99", refused.Text, StringComparison.Ordinal);
        Assert.Equal("DATABASE_NEWER", (await client.Call("get_status", new { })).Done.GetProperty("database").Text("code"));
        Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(workspace.Database)));
        Assert.Contains("DATABASE_NEWER", await File.ReadAllTextAsync(Path.Join(workspace.Data, "logs/backend.log")), StringComparison.Ordinal);
        await client.Leave();
        Assert.Contains("DATABASE_NEWER", await client.Errors, StringComparison.Ordinal);
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task A_backend_in_safe_mode_lets_its_database_be_put_right_and_then_serves()
    {
        await using var workspace = new Workspace();
        GoldenDatabase.Place(workspace);
        Assert.Equal(0, (await CommandLine.Run(workspace, "migrate", "apply")).ExitCode);
        var backup = Directory.GetFiles(Path.Join(workspace.Data, "backups"), "*.db").Single();
        GoldenDatabase.Ask(
            workspace.Database, "UPDATE migration_history SET code_version = 99, fingerprint = 'of a newer program' WHERE status = 'applied'");
        var client = await workspace.Connect();
        Assert.Equal("DATABASE_NEWER", (await client.Call("query_tasks", new { })).Refusal);
        var backend = workspace.Backend();

        var restored = await CommandLine.Run(workspace, "migrate", "restore", backup);

        Assert.True(restored.ExitCode == 0, restored.Error);
        await Until.Found(async () => await client.Call("query_tasks", new { }) is { Refusal: null } served ? served : null, "the database");
        Assert.Equal(backend, workspace.Backend());
        Assert.Equal(GoldenDatabase.Titles, (await client.AllTasks()).Select(t => t.Text("title")).Order(StringComparer.Ordinal));
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task Rows_that_stand_in_the_way_are_named_and_served_again_when_they_are_gone()
    {
        await using var workspace = new Workspace();
        GoldenDatabase.Place(workspace);
        // Two rows of one sequence number: the table of old had no key, say, and ours must have it.
        GoldenDatabase.Ask(
            workspace.Database,
            """
            CREATE TABLE j AS SELECT * FROM journal; DROP TABLE journal;
            CREATE TABLE journal (
                ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted Bit NOT NULL,
                persistence_id NVarChar(255) NOT NULL, sequence_number INTEGER NOT NULL, message VarBinary NOT NULL,
                manifest NVarChar(500) NULL, identifier INTEGER NULL, writer_uuid NVarChar(128) NULL);
            INSERT INTO journal SELECT * FROM j; DROP TABLE j;
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier)
                SELECT created, deleted, persistence_id, sequence_number, message, manifest, identifier FROM journal WHERE ordering = 13;
            """);
        var client = await workspace.Connect();

        var refused = await client.Call("query_tasks", new { });

        Assert.Equal("MIGRATION_REFUSED", refused.Refusal);
        Assert.Contains("journal_uq", refused.Text, StringComparison.Ordinal);
        GoldenDatabase.Ask(workspace.Database, "DELETE FROM journal WHERE ordering = 14");
        await Until.Found(async () => await client.Call("query_tasks", new { }) is { Refusal: null } served ? served : null, "the database");
        Assert.Equal(4, (await client.AllTasks()).Count);
        Assert.Empty(client.Violations);
    }

    private static async Task Newer(Workspace workspace)
    {
        var made = await CommandLine.Run(workspace, "migrate", "apply");
        Assert.True(made.ExitCode == 0, made.Error);
        GoldenDatabase.Ask(workspace.Database, "UPDATE migration_history SET code_version = 99, fingerprint = 'of a newer program'");
    }
}
