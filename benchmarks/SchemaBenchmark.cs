using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orchestrator.Schema;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Benchmarks;

/// <summary>
/// What an upgrade of the database costs. For PostgreSQL, ORCHESTRATOR_POSTGRES names a server and database ("Host=...;Database=...;Username=..."),
/// in which a schema of this benchmark's own is made and dropped.
/// </summary>
internal static class SchemaBenchmark
{
    private const int Starts = 9;
    private const int Backups = 5;
    private const int Tables = 100;
    private const int WarmUp = 60;

    /// <summary>Its parts, which can be run alone.</summary>
    public static IReadOnlyDictionary<string, Func<Task>> Parts { get; } = new Dictionary<string, Func<Task>>
    {
        ["detect"] = async () =>
        {
            await InFolder(Detect);
            await ColdStarts();
        },
        ["rebuild"] = () => InFolder(Rebuild),
        ["progressive"] = () => InFolder(Progressive),
        ["backup"] = () => InFolder(folder => Backup(Path.Combine(folder, "backup.db"))),
    };

    public static async Task Run()
    {
        foreach (var part in Parts.Values)
        {
            await part();
        }
    }

    private static Task InFolder(Action<string> measure)
    {
        var folder = Directory.CreateTempSubdirectory("orchestrator-schema-").FullName;
        try
        {
            measure(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void Detect(string folder)
    {
        var table = new Table($"Detection with nothing to do, {Tables} tables, warm, the file or connection open, ms "
            + "(best)", "database", "floor", "stamp", "full comparison", "stamp <= 1", "full <= 10");
        Detect(table, "SQLite", Path.Combine(folder, "detect.db"), "SELECT count(*) FROM sqlite_schema");
        OnServer(address =>
            Detect(table, "PostgreSQL",
            address, "SELECT count(*) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = "
                + "current_schema()::regnamespace"));
        table.Print();
    }

    // As a process that has just started sees it, nothing compiled or cached.
    private static async Task ColdStarts()
    {
        using var published = Published.Find();
        if (published is null)
        {
            return;
        }

        var took = new List<double>();
        for (var round = 0; round <= Starts; round++)
        {
            using var client = published.StartFront();
            await client.Initialize();
            _ = await client.Ask("orchestrator_query_tasks", []);   // waits for the database, which the health check does only for a while
            var health = await client.Ask("orchestrator_health_check", []);
            took.Add((double)health["structuredContent"]!["database"]!["schema_check_ms"]!);
            published.EndBackend();
        }

        var again = took.Skip(1).Order().ToList();   // the first has made the database
        Console.WriteLine($"  in a cold start of the published backend, with the opening of the file (p50 of {Starts}): {Table.Ms(again[Starts / 2])}, "
            + $"at most 20: {Table.Verdict(again[Starts / 2] <= 20)}; a new database is made in {Table.Ms(took[0])}");
    }

    private static void Rebuild(string folder)
    {
        var table = new Table("A table of a million rows changes a "
            + "type, ms", "database", "bare copy", "the step", "ratio", "with backup and verification", "step <= 2x");
        Rebuild(table, "SQLite", Path.Combine(folder, "rebuild.db"));
        OnServer(address => Rebuild(table, "PostgreSQL", address));
        table.Print();
    }

    private static void Detect(Table table, string name, string address, string floor)
    {
        var isServer = DatabaseUpgrade.IsPostgres(address);
        var ddl = string.Join(";", Enumerable.Range(0, Tables).Select(i =>
            $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b INTEGER, c REAL, d TEXT, e "
                + $"{(isServer ? "bytea" : "BLOB")}, f INTEGER CHECK (f > 0), "
            + $"g TEXT UNIQUE, h INTEGER REFERENCES t{i / 2} (id), i TEXT);CREATE INDEX i{i} ON t{i} (a, b DESC);CREATE INDEX j{i} ON t{i} (c) "
                + "WHERE c > 0"));
        var wanted = new WantedSchema(DatabaseUpgrade.Statements(address, ddl), SchemaHints.None);
        if (DatabaseUpgrade.For(address, wanted).Apply() is not Upgraded)
        {
            throw new InvalidOperationException($"{name}: the tables were not made.");
        }

        using var session = DatabaseUpgrade.TargetOf(address).Open(new UpgradeOptions());
        var bare = Best(51, () => session.Connection.Scalar(floor));
        var stamp = Best(101, () => MigrationHistory.IsStamped(session, wanted) ? 0 : throw new InvalidOperationException("it is not stamped"));
        var full = Best(31, () => Assessment.Of(session, wanted).Check is UpToDate ? 0 : throw new InvalidOperationException("it differs"));
        table.Add(name, Table.Ms(bare), Table.Ms(stamp), Table.Ms(full), Table.Verdict(stamp <= 1), Table.Verdict(full <= 10));
    }

    private static void Rebuild(Table table, string name, string address)
    {
        var isServer = DatabaseUpgrade.IsPostgres(address);
        using (var session = DatabaseUpgrade.TargetOf(address).Open(new UpgradeOptions()))
        {
            _ = isServer ? 0 : session.Connection.Execute("PRAGMA journal_mode = wal");
            session.Connection.Execute("CREATE TABLE big (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c INTEGER)");
            session.Connection.Execute(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) INSERT INTO big SELECT i, i * 7, 'row number "
                    + "' || i, i % 1000 FROM n");
            session.Connection.Execute("CREATE INDEX big_c ON big (c)");
        }

        double floor;
        using (var session = DatabaseUpgrade.TargetOf(address).Open(new UpgradeOptions()))
        {
            floor = Time(() => session.Connection.Execute(
                "BEGIN; CREATE TABLE bare (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER); INSERT INTO bare SELECT id, CAST(a AS TEXT), b, c "
                    + "FROM big WHERE id > 0; "
                + $"{(isServer ? "CREATE INDEX bare_c ON bare (c);" : "")} COMMIT"));
            session.Connection.Execute("DROP TABLE bare");
        }

        var ddl = "CREATE TABLE big (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER);CREATE INDEX big_c ON big (c)";
        var upgrade = DatabaseUpgrade.For(address, new WantedSchema(DatabaseUpgrade.Statements(address, ddl), SchemaHints.None));
        var whole = Time(() => _ = upgrade.Apply() is Upgraded ? 0 : throw new InvalidOperationException("it was not done"));
        var step = upgrade.History()[^1].Steps.Sum(s => s.Ms);
        table.Add(name, Table.Whole(floor), Table.Whole(step), Table.Ratio(step / floor), $"{Table.Whole(whole)} ({Table.Ratio(whole / floor)})",
            Table.Verdict(step <= 2 * floor));
    }

    private static void Progressive(string folder)
    {
        var table = new Table(
            "A column of a table of a million rows is filled ahead beside a writer, ms", "database", "filling", "the writer's p50", "its worst",
            "held by the last look at each row", "held at the end", "our CPU of it", "the writer's worst then", "held <= 50");
        // What is shipped is compiled ahead; this is not, and must be before it is measured.
        foreach (var (rows, shown) in new[] { (1_000, null), (1_000_000, table) })
        {
            Progressive(shown, "SQLite", Path.Combine(folder, $"{rows}.db"), rows);
            OnServer(address => Progressive(shown, "PostgreSQL", address, rows));
        }

        table.Print();
    }

    private static void Progressive(Table? table, string name, string address, int rows)
    {
        var isServer = DatabaseUpgrade.IsPostgres(address);
        using (var session = DatabaseUpgrade.TargetOf(address).Open(new UpgradeOptions()))
        {
            _ = isServer ? 0 : session.Connection.Execute("PRAGMA journal_mode = wal");
            session.Connection.Execute("CREATE TABLE big (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c INTEGER)");
            session.Connection.Execute(
                $"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO big SELECT i, i * 7, 'row number "
                    + "' || i, i % 1000 FROM n");
        }

        var ddl = "CREATE TABLE big (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c INTEGER, d INTEGER NOT NULL)";
        var hints = SchemaHints.Parse("""{"backfill":[{"table":"big","column":"d","sql":"a * 2"}]}""");
        var wanted = new WantedSchema(DatabaseUpgrade.Statements(address, ddl), hints);
        using var writer = new Writer(address);
        var acts = new Dictionary<string, (long At, TimeSpan Cpu)>();
        var options = new UpgradeOptions { Reached = act => acts[act] = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime) };
        var filling = Time(() => new ProgressiveBackfill(address, wanted, options).Run().GetAwaiter().GetResult());
        var looked = isServer ? 0 : Stopwatch.GetElapsedTime(acts["index big.d"].At, acts["indexed big.d"].At).TotalMilliseconds;   // a server looks while others write
        var beside = writer.Take();
        _ = DatabaseUpgrade.For(address, wanted, options).Apply() is Upgraded { Plan.Steps.Count: 1 } ? 0
            : throw new InvalidOperationException($"{name}: it was not done");
        var (from, to) = (acts[isServer ? "freeze" : "locked"], acts["committed"]);
        var held = Stopwatch.GetElapsedTime(from.At, to.At).TotalMilliseconds;
        var then = writer.Take();
        table?.Add(name, Table.Whole(filling), Table.Ms(beside.Order().ElementAt(beside.Count / 2)), Table.Ms(beside.Max()), Table.Ms(looked), Table.Ms(held),
            Table.Ms((to.Cpu - from.Cpu).TotalMilliseconds), Table.Ms(then.DefaultIfEmpty(0).Max()), Table.Verdict(Math.Max(looked, held) <= 50));
    }

    // The program of before: it writes a row, rests a little, and writes the next.
    private sealed class Writer : IDisposable
    {
        private readonly Thread _thread;
        private readonly Lock _gate = new();
        private List<double> _took = [];
        private volatile bool _isOver;
        private int _writes;

        public Writer(string address)
        {
            using var ready = new ManualResetEventSlim();
            _thread = new Thread(() =>
            {
                using var session = DatabaseUpgrade.TargetOf(address).Open(new UpgradeOptions());
                _ = DatabaseUpgrade.IsPostgres(address) ? 0 : session.Connection.Execute("PRAGMA busy_timeout = 10000");   // else it sleeps for 150 ms
                for (var i = 1; !_isOver; i = (i * 7919) % 1_000_003)
                {
                    var took = Time(() => session.Connection.Execute($"UPDATE big SET c = c + 1 WHERE id = {i}"));
                    lock (_gate)
                    {
                        _took.Add(took);
                    }

                    Interlocked.Increment(ref _writes);
                    ready.Set();
                    Thread.Sleep(2);
                }
            });
            _thread.Start();
            ready.Wait();
        }

        /// <summary>What the writes took, that among them which waits in this moment.</summary>
        public List<double> Take()
        {
            var seen = Volatile.Read(ref _writes);
            SpinWait.SpinUntil(() => Volatile.Read(ref _writes) > seen + 1);
            lock (_gate)
            {
                (var took, _took) = (_took, []);
                return took;
            }
        }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
        }
    }

    private static void Backup(string path)
    {
        using (var connection = SqliteBackup.Open(path, SqliteOpenMode.ReadWriteCreate))
        {
            connection.Execute("PRAGMA journal_mode = wal; PRAGMA synchronous = OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB)");
            connection.Execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 130000) INSERT INTO t SELECT i, "
                + "randomblob(3900) FROM n");
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        // One after the other, each deleted before the next: memory and blocks that nobody had before are slower, and neither shall be the first to get them.
        var (bares, copies, wholes) = (new List<double>(), new List<double>(), new List<double>());
        var copied = 0L;
        var options = new UpgradeOptions
        {
            Reached = act => copied = act == "backup: verify" ? Stopwatch.GetTimestamp() : copied,
            BackupFolder = path + ".backups",
        };
        for (var round = 0; round <= Backups; round++)
        {
            bares.Add(Time(() =>
            {
                using var source = SqliteBackup.Open(path, SqliteOpenMode.ReadWrite);
                using var copy = SqliteBackup.Open(path + ".bare", SqliteOpenMode.ReadWriteCreate);
                source.BackupDatabase(copy);
            }));
            File.Delete(path + ".bare");
            var start = Stopwatch.GetTimestamp();
            wholes.Add(Time(() => new SqliteBackup(path, options).Make("measured", 1)));
            copies.Add(Stopwatch.GetElapsedTime(start, copied).TotalMilliseconds);
            Directory.Delete(options.BackupFolder, recursive: true);
        }

        var (bare, alone, ours) = (Median(bares), Median(copies), Median(wholes));
        var table = new Table(
            string.Create(CultureInfo.InvariantCulture,
                $"Backup of {new FileInfo(path).Length >> 20} MiB, SQLite, ms"), "", "ms", "ratio", "<= 1.2x");
        table.Add("bare online backup, synced", Table.Whole(bare), Table.Ratio(1), "");
        table.Add("ours, the copy", Table.Whole(alone), Table.Ratio(alone / bare), Table.Verdict(alone <= 1.2 * bare));
        table.Add("ours, with its check, hash and sync", Table.Whole(ours), Table.Ratio(ours / bare), Table.Verdict(ours <= 1.2 * bare));
        table.Print();
    }

    private static void OnServer(Action<string> measure)
    {
        if (Environment.GetEnvironmentVariable("ORCHESTRATOR_POSTGRES") is not { Length: > 0 } server)
        {
            Console.WriteLine("PostgreSQL is not measured: ORCHESTRATOR_POSTGRES names no server.");
            return;
        }

        var name = $"benchmark_{Environment.ProcessId}";
        using var connection = new NpgsqlConnection(server);
        connection.Open();
        connection.Execute($"CREATE SCHEMA {name}");
        try
        {
            measure(new NpgsqlConnectionStringBuilder(server) { SearchPath = name }.ConnectionString);
        }
        finally
        {
            connection.Execute($"SET client_min_messages = warning; DROP SCHEMA {name} CASCADE");
            foreach (var backup in connection.Rows($"SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname::text, 'backup_{name}_')"))
            {
                connection.Execute($"DROP SCHEMA \"{backup[0]}\" CASCADE");
            }
        }
    }

    private static double Time(Action act)
    {
        var start = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // Neighbours only ever make it slower, and the first rounds are not compiled for speed yet.
    private static double Best<T>(int times, Func<T> act) => Enumerable.Range(0, times + WarmUp).Select(_ => Time(() => act())).Skip(WarmUp).Min();

    // The first round is not counted.
    private static double Median(List<double> took) => took.Skip(1).Order().ElementAt((took.Count - 1) / 2);
}
