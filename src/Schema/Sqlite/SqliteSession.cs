using System.Data.Common;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;
using SQLitePCL;

namespace Orchestrator.Schema.Sqlite;

/// <summary>An open SQLite file while it is upgraded. The path is null for a database in memory, which is only looked at.</summary>
internal sealed class SqliteSession(SqliteConnection connection, string? path, UpgradeOptions options) : DatabaseSession(connection, options)
{
    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS migration_history (
            version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, checksum TEXT NOT NULL, code_version INTEGER NULL,
            wanted TEXT NOT NULL, before TEXT NOT NULL, steps TEXT NOT NULL, renames TEXT NOT NULL, started_at TEXT NOT NULL,
            duration_ms INTEGER NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL, program TEXT NOT NULL, backup TEXT NULL, backup_sha256 TEXT NULL,
            reason TEXT NULL, fingerprint TEXT NULL, cookie INTEGER NULL)
        """;

    public override ISchemaDialect Dialect => SqliteDialect.Instance;

    public override IEqualityComparer<string> Names => SqliteNames.Comparer;

    public override (string Table, string Cookie) History => (Table, "(SELECT schema_version FROM pragma_schema_version)");

    public override bool HasHistory =>
        connection.Number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migration_history' COLLATE NOCASE") > 0;

    protected override string Builder => "sqlite";

    private long FileSize => connection.Number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");

    public override IDisposable? Watch(string sql, long rows, Action<int> report) => SqliteProgress.Of(connection, sql, rows, report);

    public override DatabaseSchema Read() => SqliteIntrospection.Read(connection);

    public override DatabaseSchema Completed(DatabaseSchema wanted, DatabaseSchema found) => ForeignKeyResolution.Resolve(wanted, found);

    public override IReadOnlyDictionary<string, string> Broken(DatabaseSchema schema) => SqliteSoundness.Broken(connection, schema);

    // A key that SQLite cannot even check is one orphan of its own.
    public override IReadOnlyList<string> Orphans(Table table, Func<string, string> renamed)
    {
        if (!table.ForeignKeys.Any())
        {
            return [];
        }

        try
        {
            return connection.Rows($"PRAGMA foreign_key_check({SqlTokens.Quote(table.Name)})")
                .ConvertAll(r => SqlTokens.Fold($"{renamed(table.Name)} row {r[1]} of {renamed((string)r[2]!)}"));
        }
        catch (SqliteException e)
        {
            return [SqlTokens.Fold($"{renamed(table.Name)}: a key that cannot be checked ({e.SqliteErrorCode})")];
        }
    }

    public override IReadOnlyList<string> Damage()
    {
        var wrong = connection.Rows("PRAGMA integrity_check").ConvertAll(r => $"{r[0]}").FindAll(r => r != "ok");
        wrong.AddRange(connection.Rows("PRAGMA foreign_key_check").Select(r => $"{r[0]} row {r[1]} has no parent in {r[2]}"));
        return wrong;
    }

    public override string? Damage(string table) =>
        (string?)connection.Scalar($"PRAGMA quick_check({SqlTokens.Quote(table)})") is var sound && sound == "ok" ? null : $"{sound}";

    public override long Count(string table) => connection.Number($"SELECT count(*) FROM {SqlTokens.Quote(table)}");

    // With its indexes. Where SQLite was built without the table that says so, the whole file is the bound.
    public override long Bytes(string table)
    {
        try
        {
            return connection.Number("SELECT coalesce(sum(pgsize), 0) FROM dbstat JOIN sqlite_schema s USING (name) WHERE aggregate AND "
                + "s.tbl_name = @t COLLATE NOCASE", ("@t", table));
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 1)
        {
            return FileSize;
        }
    }

    public override FilledAhead? FilledAhead(string table, string column) => SqliteBackfill.Filled(connection, table, column);

    public override (string? Name, string? Hash)? BackedUpAhead() => SqliteBackfill.Exists(connection)
        && connection.Rows($"SELECT backup, backup_sha256 FROM {Backfill.Rest} WHERE backup IS NOT NULL LIMIT 1") is [[string name, string hash]]
        && File.Exists(name) ? (name, hash) : null;

    public override IDisposable Lock() => SqliteLock.Take(connection, path!, Options);

    public override void NeedSpace(SchemaPlan plan)
    {
        var size = FileSize;
        var need = size + (plan.Steps.Any(s => s.Step.RewritesTable) ? 2 * size : 0) + (1 << 20);
        if (Options.FreeSpace(path!) is var free && free < need)
        {
            throw new RefusalException(new UpgradeRefusal(
                "space", $"{free >> 20} MiB are free where the backup and the migration need {(need >> 20) + 1} "
                    + "MiB", "make room, then try again; nothing was changed"));
        }
    }

    // All of it: one file is copied faster than a part of it is chosen.
    public override (string? Name, string? Hash) BackUp(DatabaseSchema found, string label, IReadOnlyList<string> touched)
    {
        var entries = connection.Number("SELECT count(*) FROM sqlite_schema");
        return found.Tables.Count == 0 ? (null, null) : new SqliteBackup(path!, Options).Make(label, entries);
    }

    public override void Prune() => new SqliteBackup(path!, Options).Prune();

    public override IReadOnlyList<MigrationRow> Failures() => path is null ? [] : new SqliteFailures(path).Read();

    public override void KeepFailures(IReadOnlyList<MigrationRow> failures) => new SqliteFailures(path!).Write(failures);

    // Who dies in between leaves a file that nobody reads any more.
    public override void ForgetFailures(bool isCommitted)
    {
        if (isCommitted)
        {
            new SqliteFailures(path!).Delete();
        }
    }

    // What a migration writes is not what the user's triggers wait for.
    public override void Stepping(bool begins) =>
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, begins ? 0 : 1, out _);

    // With it a rename leaves alone what speaks of the name, as a rebuild needs; without it everything follows.
    public override void Before(bool isRename) => connection.Execute($"PRAGMA legacy_alter_table = {(isRename ? "OFF" : "ON")}");

    public override bool IsMissing(DbException error) => error is SqliteException { SqliteErrorCode: 1 };

    public override string? Refusal(DbException error) => error is SqliteException { SqliteErrorCode: var code }
        ? code switch { 19 => "rows", 1 => "conflict", _ => null } : null;

    public override void Commit()
    {
        using var commit = connection.CreateCommand();
        commit.CommandText = "COMMIT";
        commit.CommandTimeout = Math.Max(1, (int)Options.LockWait.TotalSeconds);   // readers of a database without a write-ahead log must end first
        commit.ExecuteNonQuery();
    }

    // A view or trigger of the user may have been broken, and is no part of what a rollback must reach.
    protected override bool IsBuilt(string statement) =>
        !statement.StartsWith("CREATE VIEW", StringComparison.OrdinalIgnoreCase)
            && !statement.StartsWith("CREATE TRIGGER", StringComparison.OrdinalIgnoreCase);

    protected override DatabaseSchema Build(IReadOnlyList<string> statements) => SqliteIntrospection.Of(statements);
}
