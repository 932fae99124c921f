using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Upgrading;

public sealed class SqliteHistorySpecs : HistorySpecs
{
    private readonly SqliteSandbox _own;

    public SqliteHistorySpecs()
        : this(new SqliteSandbox())
    {
    }

    private SqliteHistorySpecs(SqliteSandbox sandbox)
        : base(sandbox) => _own = sandbox;

    private protected override FaultCase Faults => FaultCase.Sqlite;

    [Fact]
    public void The_hash_of_the_backup_is_kept()
    {
        _own.Run(One);
        var done = Assert.IsType<Upgraded>(_own.To(Two).Apply());
        Assert.Equal(SqliteBackup.Hash(done.Backup!), _own.To(Two).History()[^1].BackupHash);
    }

    [Fact]
    public void A_look_changes_nothing_and_makes_no_file()
    {
        Assert.IsType<UpgradeNeeded>(_own.To(One).Check());
        Assert.Empty(Directory.GetFileSystemEntries(_own.Folder));

        _own.Run(One);
        var bytes = File.ReadAllBytes(_own.Database);
        Assert.IsType<UpgradeNeeded>(_own.To(Two).Check());
        Assert.Equal(bytes, File.ReadAllBytes(_own.Database));
    }

    [Fact]
    public void Wanted_DDL_that_does_not_work_never_touches_the_file()
    {
        _own.Run(One);
        var bytes = File.ReadAllBytes(_own.Database);

        Assert.Equal("wanted", Assert.IsType<Refused>(_own.To("CREATE TABLE t (a TEXT, a TEXT)").Apply()).Refusal.Code);
        Assert.Equal(bytes, File.ReadAllBytes(_own.Database));
    }

    [Fact]
    public void Statements_of_a_file_end_where_SQLite_says() => Assert.Equal(
        ["CREATE TABLE t (a /* ; */)", "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT ';'; END"],
        SqlScript.Statements("-- ;\nCREATE TABLE t (a /* ; */);\n CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT ';'; END; -- last").Select(s => s.Replace("-- ;\n", "", StringComparison.Ordinal)));

    [Fact]
    public void The_store_of_this_program_is_up_to_date_with_its_own_tables()
    {
        var upgrade = new DatabaseUpgrade(_own.Database, new WantedSchema(SqliteStore.Tables, SchemaHints.None));

        Assert.IsType<Upgraded>(upgrade.Apply());

        SqliteStore.Open(_own.Database).Close();
        SqliteConnection.ClearAllPools();
        Assert.Equal(new UpToDate(true), upgrade.Check());
    }
}
