using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Faults;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Migrations;

/// <summary>
/// Faults of the system under real processes that upgrade the first backend's database. Whatever happens, the database is the old one or the new
/// one, what the process says of it is true, and the next start arrives. An ordinary run tries a sample of the moments, tests/migration-campaign.sh
/// all of them.
/// </summary>
public sealed class MigrationFaultSpecs
{
    private const int Killed = 137;
    private static readonly bool All = Environment.GetEnvironmentVariable("ORCHESTRATOR_MIGRATION_CAMPAIGN") is { Length: > 0 };

    [SkippableFact]
    public async Task Killed_at_any_change_of_a_file_and_once_more_in_the_recovery_it_is_the_old_or_the_new_database()
    {
        var (old, @new, changes) = await Reference(Backend);
        Assert.True(changes > 30, $"only {changes} changes were seen");
        await AtEach(changes, 5, async k =>
        {
            await using var workspace = Fresh();
            Assert.Equal(Killed, (await Run(workspace, Backend, At("any", k, "kill"))).ExitCode);
            Assert.Contains(GoldenDatabase.Content(workspace.Database), new[] { old, @new });

            var again = (k * 7 % 40) + 1;
            var recovered = await Run(workspace, Backend, At("any", again, "kill"));
            Assert.True(recovered.ExitCode is Killed or 0, recovered.Error);
            Assert.Contains(GoldenDatabase.Content(workspace.Database), new[] { old, @new });

            await Arrives(workspace, @new);
        });
    }

    [SkippableTheory]
    [InlineData("write", "enospc")]
    [InlineData("sync", "eio")]
    [InlineData("write", "short")]
    public async Task From_any_write_or_sync_on_a_disk_that_fails_leaves_the_old_database_or_gives_the_new_one(string call, string fault)
    {
        var (old, @new, changes) = await Reference(Apply, call);
        var fired = 0;
        await AtEach(changes, 4, async k =>
        {
            await using var workspace = Fresh();
            var run = await Run(workspace, Apply, $"{At(call, k, fault).Replace($":{fault}", "", StringComparison.Ordinal)}+:{fault}");
            Interlocked.Add(ref fired, run.ExitCode == 0 ? 0 : 1);
            Assert.True(run.ExitCode is 0 or 2 or 3, $"{call} {k}: {run.ExitCode} {run.Error}");
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            Assert.Equal(run.ExitCode == 0 ? @new : old, GoldenDatabase.Content(workspace.Database));
            await Arrives(workspace, @new);
        });

        Assert.True(fired > 0 || fault == "short", "the fault was never felt");
    }

    [SkippableTheory, InlineData("rollback"), InlineData("restore")]
    public async Task Killed_at_any_change_of_going_back_and_once_more_in_the_recovery_it_is_one_of_the_two_databases(string verb)
    {
        var (@new, old, changes) = await ReferenceBack(verb);
        Assert.True(changes > 10, $"only {changes} changes were seen");
        await AtEach(changes, 4, async k =>
        {
            await using var workspace = await Applied();
            Assert.Equal(Killed, (await Run(workspace, Back(verb), At("any", k, "kill"))).ExitCode);
            Assert.Contains(GoldenDatabase.Content(workspace.Database), new[] { old, @new });

            var recovered = await Run(workspace, Back(verb), At("any", (k * 7 % changes) + 1, "kill"));
            Assert.True(recovered.ExitCode is Killed or 0, recovered.Error);
            Assert.Contains(GoldenDatabase.Content(workspace.Database), new[] { old, @new });

            var last = await Run(workspace, Back(verb), plan: null);
            Assert.True(last.ExitCode == 0, last.Error);
            Assert.Equal(old, GoldenDatabase.Content(workspace.Database));
            await Arrives(workspace, @new);
        });
    }

    [SkippableTheory]
    [InlineData("rollback", "write", "enospc"), InlineData("rollback", "sync", "eio")]
    [InlineData("restore", "write", "enospc"), InlineData("restore", "sync", "eio")]
    public async Task From_any_write_or_sync_on_a_disk_that_fails_going_back_leaves_what_there_is_or_arrives(string verb, string call, string fault)
    {
        var (@new, old, changes) = await ReferenceBack(verb, call);
        var fired = 0;
        await AtEach(changes, 3, async k =>
        {
            await using var workspace = await Applied();
            var run = await Run(workspace, Back(verb), $"{call}:{k.ToString(CultureInfo.InvariantCulture)}+:{fault}");
            Interlocked.Add(ref fired, run.ExitCode == 0 ? 0 : 1);
            Assert.True(run.ExitCode is 0 or 2 or 3, $"{call} {k}: {run.ExitCode} {run.Error}");
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            Assert.Equal(run.ExitCode == 0 ? old : @new, GoldenDatabase.Content(workspace.Database));

            var last = await Run(workspace, Back(verb), plan: null);
            Assert.True(last.ExitCode == 0, last.Error);
            Assert.Equal(old, GoldenDatabase.Content(workspace.Database));
        });

        Assert.True(fired > 0, "the fault was never felt");
    }

    [SkippableTheory, InlineData(true), InlineData(false)]
    public async Task A_database_that_may_not_be_written_is_refused_by_name_and_arrives_when_it_may(bool isDirectory)
    {
        const UnixFileMode mayRead = UnixFileMode.UserRead;
        const UnixFileMode mayAll = mayRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var asOthers = StorageFailureSpecs.WithoutRootsRights();
        await using var workspace = Fresh();
        var (old, closed) = (GoldenDatabase.Content(workspace.Database), isDirectory ? workspace.Data : workspace.Database);
        var bytes = await File.ReadAllBytesAsync(workspace.Database);
        string[][] commands =
        [
            [.. asOthers, .. workspace.Program.Host, .. Apply(workspace)],
            [.. asOthers, .. workspace.Program.Host, "migrate", "apply", "--database", workspace.Database, "--desired", await Ddl(workspace)],
        ];
        File.SetUnixFileMode(closed, isDirectory ? mayRead | UnixFileMode.UserExecute : mayRead);
        try
        {
            foreach (var command in commands)
            {
                var run = await CommandLine.Execute(workspace, command);
                // The product's own directory is needed before its database is: that is told as a wrong place.
                Assert.True(run.ExitCode == (isDirectory && command == commands[0] ? 1 : 2), $"{run.ExitCode} {run.Out} {run.Error}");
                Assert.Contains(closed, run.Error, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
                Assert.Equal(bytes, await File.ReadAllBytesAsync(workspace.Database));
            }
        }
        finally
        {
            File.SetUnixFileMode(closed, mayAll);
        }

        Assert.Equal(old, GoldenDatabase.Content(workspace.Database));
        Assert.Equal(0, (await CommandLine.Execute(workspace, commands[1])).ExitCode);
        Assert.Equal(0, (await CommandLine.Execute(workspace, commands[0])).ExitCode);
        Assert.Equal(["13"], GoldenDatabase.Ask(workspace.Database, "SELECT count(*) FROM journal"));
    }

    [SkippableFact]
    public async Task A_disk_that_is_full_for_a_moment_is_safe_mode_with_the_old_database_and_heals_by_itself()
    {
        var (old, _, _) = await Reference(Apply);
        await using var workspace = new Workspace { Prefix = FaultLibrary.Prefix("/orchestrator.db", "write:5:enospc") };
        GoldenDatabase.Place(workspace);
        var client = await workspace.Connect();

        var refused = await client.Call("query_tasks", new { });

        Assert.Equal("MIGRATION_FAILED", refused.Refusal);
        Assert.Equal(old, GoldenDatabase.Content(workspace.Database));
        Assert.Equal("MIGRATION_FAILED", (await client.Call("get_status", new { })).Done.GetProperty("database").Text("code"));
        await Until.Found(async () => await client.Call("query_tasks", new { }) is { Refusal: null } served ? served : null, "the database");
        Assert.Equal(GoldenDatabase.Titles, (await client.AllTasks()).Select(t => t.Text("title")).Order(StringComparer.Ordinal));
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task A_frozen_migrator_is_named_and_goes_on_when_it_wakes()
    {
        var (_, @new, changes) = await Reference(Apply);
        await using var workspace = Fresh();
        using var frozen = workspace.Start(
        [
            .. FaultLibrary.Prefix(workspace.Data, At("any", changes / 2, "stop")), .. workspace.Program.Host, .. Apply(workspace),
        ]);
        await Until.True(() => State(frozen.Id) == 'T', "the freezing");

        var other = await CommandLine.Run(workspace, "migrate", "apply");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("works with", other.Error, StringComparison.Ordinal);
        // As another tool would come, that knows nothing of our lock but the engine's.
        string[] command =
            [.. workspace.Program.Host, "migrate", "apply", "--database", workspace.Database, "--desired", await Ddl(workspace), "--wait", "1"];
        var engine = await CommandLine.Execute(workspace, command);
        Assert.Equal(2, engine.ExitCode);
        Assert.Contains($"process {frozen.Id}", engine.Error, StringComparison.Ordinal);

        using var wake = Process.Start("kill", ["-CONT", frozen.Id.ToString(CultureInfo.InvariantCulture)]);
        await frozen.WaitForExitAsync().WaitAsync(Until.Patience);
        Assert.Equal(0, frozen.ExitCode);
        Assert.Equal(@new, GoldenDatabase.Content(workspace.Database));
    }

    [SkippableFact]
    public async Task Of_two_at_once_each_arrives_or_says_that_the_other_is_at_it()
    {
        await using var workspace = Fresh();
        string[] apply =
            [.. workspace.Program.Host, "migrate", "apply", "--database", workspace.Database, "--desired", await Ddl(workspace)];

        var both = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CommandLine.Execute(workspace, apply)));

        Assert.All(both, run => Assert.True(run.ExitCode == 0, run.Error));
        Assert.Single(both, run => run.Out.StartsWith("Done", StringComparison.Ordinal));
        Assert.Equal(2, both.Count(run => run.Out == "Nothing to do.\n"));
    }

    [SkippableFact]
    public async Task A_database_that_another_program_has_locked_is_left_alone_and_waited_for()
    {
        await using var workspace = Fresh();
        using (var other = new SqliteConnection($"Data Source={workspace.Database};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);
            var run = await CommandLine.Run(workspace, "migrate", "apply", "--wait", "1");
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("locked", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await CommandLine.Run(workspace, "migrate", "apply", "--wait", "1")).ExitCode);
    }

    [SkippableFact]
    public async Task A_damaged_database_is_refused_and_a_backup_brings_it_back()
    {
        await using var workspace = Fresh();
        Assert.Equal(0, (await CommandLine.Run(workspace, "migrate", "apply")).ExitCode);
        var backup = Directory.GetFiles(Path.Join(workspace.Data, "backups"), "*.db").Single();
        using (var file = File.OpenWrite(workspace.Database))
        {
            file.Position = 100;   // the list of all tables
            file.Write(new byte[3000]);
        }

        foreach (var verb in new[] { "status", "plan", "apply", "verify", "history", "rollback" })
        {
            var run = await CommandLine.Run(workspace, "migrate", verb);
            Assert.True(run.ExitCode == 2, $"{verb}: {run.ExitCode} {run.Error}");
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        }

        var client = await workspace.Connect();
        Assert.Equal("DATABASE_UNAVAILABLE", (await client.Call("query_tasks", new { })).Refusal);
        var restored = await CommandLine.Run(workspace, "migrate", "restore", backup);
        Assert.True(restored.ExitCode == 0, restored.Error);
        await Until.Found(async () => await client.Call("query_tasks", new { }) is { Refusal: null } served ? served : null, "the database");
        Assert.Equal(4, (await client.AllTasks()).Count);
    }

    private static string[] Apply(Workspace workspace) => ["migrate", "apply", "--data-dir", workspace.Data];

    // It leaves by itself when it has served nobody for half a second.
    private static string[] Backend(Workspace workspace) => ["backend", "--idle-minutes", "0.01", "--data-dir", workspace.Data];

    private static Func<Workspace, string[]> Back(string verb) => workspace => verb == "rollback"
        ? ["migrate", "rollback", "--data-dir", workspace.Data]
        : ["migrate", "restore", Directory.GetFiles(Path.Join(workspace.Data, "backups"), "orchestrator-v1-*.db").Single(), "--data-dir", workspace.Data];

    private static string At(string call, int k, string fault) => string.Create(CultureInfo.InvariantCulture, $"{call}:{k}:{fault}");

    private static Task<CommandLine> Run(Workspace workspace, Func<Workspace, string[]> command, string? plan, string? log = null) =>
        CommandLine.Execute(workspace, [.. FaultLibrary.Prefix(workspace.Data, plan, log), .. workspace.Program.Host, .. command(workspace)]);

    private static Workspace Fresh()
    {
        var workspace = new Workspace();
        GoldenDatabase.Place(workspace);
        return workspace;
    }

    private static async Task<(string Old, string New, int Changes)> Reference(Func<Workspace, string[]> command, string call = "any")
    {
        await using var workspace = Fresh();
        var (old, log) = (GoldenDatabase.Content(workspace.Database), Path.Join(workspace.Root, "changes"));
        var run = await Run(workspace, command, plan: null, log);
        Assert.True(run.ExitCode == 0, run.Error);
        var @new = GoldenDatabase.Content(workspace.Database);
        Assert.NotEqual(old, @new);
        return (old, @new, FaultLibrary.Count(File.ReadLines(log), call));
    }

    private static async Task<Workspace> Applied()
    {
        var workspace = Fresh();
        var run = await CommandLine.Run(workspace, "migrate", "apply");
        Assert.True(run.ExitCode == 0, run.Error);
        return workspace;
    }

    private static async Task<(string From, string To, int Changes)> ReferenceBack(string verb, string call = "any")
    {
        await using var workspace = await Applied();
        var (from, log) = (GoldenDatabase.Content(workspace.Database), Path.Join(workspace.Root, "changes"));
        var run = await Run(workspace, Back(verb), plan: null, log);
        Assert.True(run.ExitCode == 0, run.Error);
        var to = GoldenDatabase.Content(workspace.Database);
        Assert.NotEqual(from, to);
        return (from, to, FaultLibrary.Count(File.ReadLines(log), call));
    }

    private static Task AtEach(int changes, int sample, Func<int, Task> act) => Parallel.ForEachAsync(
        Moments(changes, sample), new ParallelOptions { MaxDegreeOfParallelism = All ? Environment.ProcessorCount : 1 }, async (k, _) => await act(k));

    private static IEnumerable<int> Moments(int changes, int sample)
    {
        var stride = All ? 1 : Math.Max(1, changes / sample);
        for (var k = All ? 1 : Math.Max(1, stride / 2); k <= changes; k += stride)
        {
            yield return k;
        }
    }

    // Without anybody's help.
    private static async Task Arrives(Workspace workspace, string @new)
    {
        var next = await CommandLine.Run(workspace, "migrate", "apply");
        Assert.True(next.ExitCode == 0, next.Error);
        Assert.Equal(@new, GoldenDatabase.Content(workspace.Database));
    }

    private static async Task<string> Ddl(Workspace workspace)
    {
        var path = Path.Join(workspace.Root, "wanted.sql");
        await File.WriteAllTextAsync(path, "CREATE TABLE more (a INTEGER NOT NULL PRIMARY KEY);");
        return path;
    }

    private static char State(int process)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        return stat[stat.LastIndexOf(')') + 2];
    }
}
