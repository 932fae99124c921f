using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Sqlite;
using Xunit.Abstractions;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>What it costs, printed. Times vary with the machine; the bounds are far from what was measured.</summary>
public sealed class MeasuredSpecs(ITestOutputHelper output) : IDisposable
{
    private readonly SqliteSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void A_look_with_nothing_to_do_costs_one_read_and_a_comparison_of_a_hundred_tables_little_more()
    {
        var ddl = string.Join(";", Enumerable.Range(0, 100).Select(i =>
            $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b INTEGER, c REAL, d TEXT COLLATE NOCASE, e BLOB, f INTEGER CHECK (f > 0), "
            + $"g TEXT UNIQUE, h INTEGER REFERENCES t{i / 2} (id), i TEXT);CREATE INDEX i{i} ON t{i} (a, b DESC);CREATE INDEX j{i} ON t{i} (c) WHERE c > 0"));
        var upgrade = _sandbox.To(ddl);
        var wanted = new WantedSchema(SqlScript.Statements(ddl), Planning.SchemaHints.None);
        Assert.IsType<Upgraded>(upgrade.Apply());
        using var connection = SqliteBackup.Open(_sandbox.Database, SqliteOpenMode.ReadWrite);

        using var session = new SqliteSession(connection, _sandbox.Database, new UpgradeOptions());

        var stamp = Median(101, () => Assert.True(MigrationHistory.IsStamped(session, wanted)));
        var whole = Median(31, () => Assert.Equal(new UpToDate(true), upgrade.Check()));
        var read = Median(31, () => SqliteIntrospection.Read(connection));
        var full = Median(31, () => Assert.IsType<UpToDate>(Assessment.Of(session, wanted).Check));

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"100 tables, warm, ms: stamp {stamp:0.000}, stamp with opening the file {whole:0.00}, reading the schema {read:0.0}, full comparison {full:0.0}"));
        Assert.True(stamp < 5 && full < 200, $"{stamp} {full}");
    }

    [Fact]
    public void A_rebuild_of_a_million_rows_against_bare_INSERT_SELECT()
    {
        _sandbox.Run(
            """
            PRAGMA journal_mode = wal; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER); CREATE INDEX i ON t (c);
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) INSERT INTO t SELECT i, i * 7, 'row number ' || i, i % 1000 FROM n;
            PRAGMA wal_checkpoint(TRUNCATE);
            """);
        var floor = Floor();
        var clock = Stopwatch.StartNew();
        var done = Assert.IsType<Upgraded>(_sandbox.To("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT '', b TEXT, c INTEGER);CREATE INDEX i ON t (c)").Apply());
        var whole = clock.ElapsedMilliseconds;
        var rebuild = _sandbox.To("").History()[^1].Steps.Sum(s => s.Ms);
        Assert.Equal("rebuild table t: a: its default NULL becomes ''", Assert.Single(done.Plan.Steps).Summary);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"1M rows, ms: bare INSERT..SELECT {floor}, rebuild with its proof {rebuild} ({(double)rebuild / floor:0.00}x), with backup and verification {whole} ({(double)whole / floor:0.00}x)"));
        Assert.Equal("1000000|1000000|500000500000", _sandbox.Ask("SELECT count(*), max(id), sum(id) FROM t"));
    }

    private long Floor()
    {
        using var connection = SqliteBackup.Open(_sandbox.Database, SqliteOpenMode.ReadWrite);
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -65536");
        var clock = Stopwatch.StartNew();
        connection.Execute("BEGIN IMMEDIATE; CREATE TABLE floor (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER); INSERT INTO floor SELECT * FROM t WHERE id > 0; COMMIT");
        var ms = clock.ElapsedMilliseconds;
        connection.Execute("DROP TABLE floor; PRAGMA wal_checkpoint(TRUNCATE)");
        return ms;
    }

    private static double Median(int times, Action act)
    {
        act();
        return Enumerable.Range(0, times).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            act();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).Order().ElementAt(times / 2);
    }
}
