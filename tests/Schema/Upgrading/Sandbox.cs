using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A database in a folder of its own.</summary>
internal sealed class Sandbox : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("orchestrator-").FullName;

    public string Database => Path.Combine(Folder, "work.db");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public void Run(string script)
    {
        using var connection = SqliteBackup.Open(Database, SqliteOpenMode.ReadWriteCreate);
        foreach (var statement in SqlScript.Statements(script))
        {
            connection.Execute(statement);
        }
    }

    public string Ask(string sql)
    {
        using var connection = SqliteBackup.Open(Database, SqliteOpenMode.ReadWrite);
        return string.Join("; ", connection.Rows(sql).Select(r => string.Join("|", r.Select(v => v switch { null => "NULL", byte[] b => Convert.ToHexString(b), _ => FormattableString.Invariant($"{v}") }))));
    }

    public long Number(string sql) => long.Parse(Ask(sql), System.Globalization.CultureInfo.InvariantCulture);

    public DatabaseUpgrade To(string wanted, string? hints = null, UpgradeOptions? options = null, int? version = null) => new(
        Database,
        new WantedSchema(SqlScript.Statements(wanted), hints is null ? SchemaHints.None : SchemaHints.Parse(hints), version),
        (options ?? new UpgradeOptions()) with { BackupFolder = Path.Combine(Folder, "backups") });

    /// <summary>All that a user could tell two databases apart by: schema and rows, but not the history.</summary>
    public string Content()
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
