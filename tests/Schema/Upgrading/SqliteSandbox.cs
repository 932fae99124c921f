using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A SQLite database in a folder of its own.</summary>
internal sealed class SqliteSandbox : Sandbox
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("orchestrator-").FullName;

    public string Database => Path.Combine(Folder, "work.db");

    public override string Address => Database;

    public override void Dispose() => Directory.Delete(Folder, recursive: true);

    public override UpgradeOptions Options(UpgradeOptions? options) => base.Options(options) with { BackupFolder = Path.Combine(Folder, "backups") };

    public override IReadOnlyList<string> Statements(string script) => SqlScript.Statements(script);

    public override void Run(string script)
    {
        using var connection = SqliteBackup.Open(Database, SqliteOpenMode.ReadWriteCreate);
        foreach (var statement in SqlScript.Statements(script))
        {
            connection.Execute(statement);
        }
    }

    public override IReadOnlyList<object?[]> Rows(string sql)
    {
        using var connection = SqliteBackup.Open(Database, SqliteOpenMode.ReadWrite);
        return connection.Rows(sql);
    }

    public override DatabaseSchema Schema()
    {
        using var connection = SqliteBackup.Open(Database, SqliteOpenMode.ReadWrite);
        return SqliteIntrospection.Read(connection);
    }

    public override string Content()
    {
        using var connection = SqliteBackup.Open(Database, SqliteOpenMode.ReadWrite);
        var schema = connection.Rows("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name <> 'migration_history' ORDER BY name");
        var lines = schema.ConvertAll(r => string.Join("|", r));
        foreach (var table in schema.Where(r => (string)r[0]! == "table" && !((string)r[1]!).StartsWith("sqlite_stat", StringComparison.Ordinal)))
        {
            lines.AddRange(connection.Rows($"SELECT * FROM {SqlTokens.Quote((string)table[1]!)}").Select(r => $"{table[1]}: {string.Join("|", r.Select(v => v is byte[] b ? Convert.ToHexString(b) : v))}"));
        }

        return string.Join("\n", lines);
    }
}
