using System.Net.Sockets;
using System.Runtime.Versioning;
using Orchestrator.Host.Diagnosis;

namespace Orchestrator.Host.Tests.Diagnosis;

/// <summary>Every fault that is planted is found by its check, with a remedy; and a healthy store has none.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DoctorSpecs : IDisposable
{
    private static readonly BackendLook Nobody = new(BackendState.NotRunning, null, null, null, null, null);
    private readonly SickStore _store = new();

    /// <summary>The check that must speak, and how its fault is planted.</summary>
    private static readonly Dictionary<string, Action<SickStore>> Faults = new()
    {
        ["data-directory"] = s => s.Machine = p => p with { Location = Elsewhere(s) },
        ["data-directory-mode"] = s => Mode(s.Location.Path, UnixFileMode.OtherRead),
        ["data-directory-writable"] = s => Directory.CreateDirectory(Path.Combine(s.Location.Path, $".doctor-{Environment.ProcessId}")),
        ["database-writable"] = s => File.SetUnixFileMode(s.Database, UnixFileMode.UserRead),
        ["file-system"] = s => s.Machine = p => p with { FileSystem = "nfs4" },
        ["file-system-lasting"] = s => s.Machine = p => p with { FileSystem = "tmpfs" },
        ["space"] = s => s.Machine = p => p with { FreeBytes = 1024 },
        ["run-directory"] = s => Mode(s.Location.RunDirectory, UnixFileMode.OtherWrite),
        ["run-directory-writable"] = s => Directory.CreateDirectory(Path.Combine(s.Location.RunDirectory, $".doctor-{Environment.ProcessId}")),
        ["git-ignore"] = s => Directory.CreateDirectory(Path.Combine(s.Project, ".git")),
        ["socket-owner"] = s => s.Backend =
            Nobody with { State = BackendState.Refusing, ProcessId = 1, Trouble = "The socket belongs to a process of another user." },
        ["backend-hello"] = s => Serve(s, answers: true),
        ["backend-answers"] = s => Serve(s, answers: false),
        ["lock-holder"] = s => s.Backend = Nobody with { State = BackendState.Starting, ProcessId = 4711 },
        ["two-backends"] = s => s.Machine = p => p with { DatabaseHolders = [4711, 4712] },
        ["standby"] = s => s.Machine = p => p with { Environment = name => name == "ORCHESTRATOR_STANDBY" ? "sometimes" : null },
        ["socket-mode"] = s =>
        {
            File.WriteAllText(s.Location.SocketPath, "");
            Mode(s.Location.SocketPath, UnixFileMode.OtherWrite);
        },
        ["version-skew"] = s => s.Backend = Nobody with { State = BackendState.Serving, ProcessId = 4711, Build = "0.0.1+older" },
        ["epoch"] = s => s.Backend = Nobody with { State = BackendState.Serving, ProcessId = 12, Build = BuildInfo.Build },
        ["log-size"] = s =>
        {
            using var log = File.Create(s.Location.LogPath);
            log.SetLength(65L * 1024 * 1024);
        },
        ["open-files"] = s => s.Machine = p => p with { OpenFileLimit = 64 },
        ["database-format"] = s => File.WriteAllText(s.Database, "This is no database at all, whatever its name says."),
        ["database-readable"] = s => File.WriteAllText(s.Database, "This is no database at all, whatever its name says."),
        ["integrity"] = Damage,
        ["journal-mode"] = s => s.Execute("PRAGMA journal_mode=DELETE"),
        ["schema"] = s => s.Execute("ALTER TABLE task_artifact DROP COLUMN summary"),
        ["newer-events"] = s => Journal(s, "task-teleported/9"),
        ["read-model"] = s =>
        {
            Journal(s, "task-noted/1");
            s.Backend = Nobody;
        },
        ["read-model-ahead"] = s => s.Execute("INSERT INTO projection (name, definition, position) VALUES ('task-index', 1, 99)"),
        ["wal-size"] = s => s.Machine = p => p with { Store = p.Store! with { WalBytes = 100L * 1024 * 1024 } },
        ["clock"] = s => Insert(s, DateTimeOffset.UtcNow.AddDays(2), null),
        ["expired-claims"] = s =>
        {
            Insert(s, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(-2));
            s.Backend = Nobody with { State = BackendState.Serving, ProcessId = 4711, Build = BuildInfo.Build };
        },
        ["backup-age"] = s => Journal(s, "task-noted/1"),
        ["backup-restores"] = s =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(s.Location.Path, "backups")).FullName;
            File.WriteAllBytes(Path.Combine(folder, "orchestrator-1.db"), [.. File.ReadAllBytes(s.Database).Take(5000)]);
        },
        ["artifacts"] = s => s.Execute(
            $"INSERT INTO task_artifact VALUES ('art_1', 'task_1', 1, 'a', 0, 0, '{new string('a', 64)}', 5, 'text/plain', 's', '')"),
        ["leftovers"] = s =>
        {
            var file = Path.Combine(Directory.CreateDirectory(Path.Combine(s.Location.Path, "artifacts/ab")).FullName, "ab.0.tmp");
            File.WriteAllText(file, "half");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-3));
        },
        ["sudo"] = s => s.Machine = p => p with { Environment = name => name == "SUDO_UID" ? "1000" : null },
        ["home"] = s => s.Machine = p => p with { Environment = _ => null },
        ["data-dir-variable"] = s => s.Machine = p => p with { Environment = name => name == "ORCHESTRATOR_DATA_DIR" ? "work" : null },
        ["data-dir-elsewhere"] = s => s.Machine = p =>
            p with { Environment = name => name == "ORCHESTRATOR_DATA_DIR" ? "/elsewhere" : null, Location = Elsewhere(s) },
        ["front"] = s => s.Machine = p => p with { ProgramFolder = s.Home },
        ["configuration"] = s => s.Machine = p => p with { ProgramFolder = s.Home },
        ["client-configuration"] = s => Client(s, """{"mcpServers":{"orchestrator":{"command":"/gone/orchestrator-front"}}}"""),
        ["client-unreadable"] = s => Client(s, "{"),
        ["client-elsewhere"] = s => Client(s, """{"mcpServers":{"orchestrator":{"command":"/bin/sh"}}}"""),
        ["client-none"] = s => Client(s, "{}"),
    };

    public static TheoryData<string> Planted => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Planted))]
    public async Task A_planted_fault_is_named_with_its_remedy(string check)
    {
        Faults[check](_store);

        var found = await _store.Find(check);

        Assert.All(found, f => Assert.NotEqual(Verdict.Well, f.Verdict));
        Assert.All(found, f => Assert.True(f.Remedy.Length > 10, $"{check} has no remedy."));
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public async Task Without_the_fault_the_check_is_content(string check)
    {
        _store.Backend = Nobody;
        if (check is "client-none")
        {
            Client(_store, """{"mcpServers":{"orchestrator":{"command":"/bin/sh"}}}""");
        }

        Assert.All(await _store.Find(check), f => Assert.True(f.Verdict == Verdict.Well, f.Message));
    }

    [Fact]
    public void At_least_25_checks_are_shown_by_a_planted_fault()
    {
        Assert.True(Faults.Count >= 25);
        Assert.Equal(["fsync"], Checks.All.Select(c => c.Name).Except(Faults.Keys));   // a slow disk cannot be planted
        Assert.Equal(Checks.All.Count, Checks.All.Select(c => c.Name).Distinct().Count());
    }

    public void Dispose() => _store.Dispose();

    private static Orchestrator.Protocol.Locations.DataDirectory Elsewhere(SickStore s) =>
        Orchestrator.Protocol.Locations.DataDirectory.Resolve(Path.Combine(s.Home, "elsewhere"), s.Project, name => name == "HOME" ? s.Home : null,
            s.Project);

    private static void Mode(string path, UnixFileMode more) => File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);

    private static void Client(SickStore s, string text)
    {
        Directory.CreateDirectory(Path.Combine(s.Home, ".cursor"));
        File.WriteAllText(Path.Combine(s.Home, ".cursor/mcp.json"), text);
    }

    private static void Journal(SickStore s, string manifest) => s.Execute(
        $"INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest) VALUES (0, 0, 'task-task_1', 1, x'7b7d', '{manifest}')");

    private static void Insert(SickStore s, DateTimeOffset updated, DateTimeOffset? claimedUntil) => s.Execute(
        $"""
        INSERT INTO task_index (task_id, root_id, title, description, phase, kind, specialist, complexity, priority, due_at, due_left, progress, satisfied,
            waiting_for, subtasks, open_subtasks, completed_subtasks, uncreated, claim_token, claimed_by, claimed_until, revision, position,
            created_position, ordinal, created_at, updated_at, artifacts, consequences)
        VALUES ('task_1', 'task_1', 't', 'd', 2, 0, 'generic', 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'clm_1', 'w',
            {(claimedUntil is { } until ? until.ToUnixTimeMilliseconds() : "NULL")}, 1, 1, 1, 0, 0, {updated.ToUnixTimeMilliseconds()}, 0, 0)
        """);

    // A page in the middle is overwritten, after the file has grown enough to have one.
    private static void Damage(SickStore s)
    {
        s.Execute("CREATE TABLE filler (x TEXT)");
        s.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO filler SELECT hex(randomblob(50)) FROM n");
        s.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        using var file = new FileStream(s.Database, FileMode.Open, FileAccess.Write);
        file.Position = file.Length / 4096 / 2 * 4096;
        file.Write(new byte[8192]);
    }

    private static void Serve(SickStore s, bool answers)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(s.Location.SocketPath));
        listener.Listen();
        _ = Task.Run(async () =>
        {
            using (listener)
            {
                using var client = await listener.AcceptAsync();
                if (answers)
                {
                    await client.SendAsync(new byte[64]);   // no frame of ours
                }

                await client.ReceiveAsync(new byte[64 * 1024]);
                await client.ReceiveAsync(new byte[1]);   // until the doctor goes
            }
        });
    }
}
