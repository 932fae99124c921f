using System.Data.Common;
using Npgsql;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Postgres;

/// <summary>The current schema of a PostgreSQL database: the first of its search path. The database must be there.</summary>
internal sealed class PostgresTarget(string connectionString) : DatabaseTarget
{
    private readonly NpgsqlConnectionStringBuilder _settings = PostgresAddress.Parse(connectionString);

    public override string Name => $"{_settings.Database} on {_settings.Host}";

    public override T Look<T>(UpgradeOptions options, Func<DatabaseSession, T> look)
    {
        using var session = new PostgresSession(Connect(options, pooled: _settings.Pooling), options);
        return look(session);
    }

    public override DatabaseSession Open(UpgradeOptions options) => new PostgresSession(Connect(options, pooled: false), options);

    public override Backfill Backfill(WantedSchema wanted, UpgradeOptions options) =>
        new PostgresBackfill(new PostgresSession(Connect(options, pooled: false), options), wanted);

    public override UpgradeOutcome Restore(string backup, UpgradeOptions options) => new PostgresRestoration(this, options).From(backup);

    public override bool IsUnusable(DbException error) => error is PostgresException { SqlState: "XX001" or "XX002" };

    public override bool IsReadOnly(DbException error) => error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    public override UpgradeRefusal Explain(DbException error) => error switch
    {
        _ when IsUnusable(error) => new UpgradeRefusal("damaged", $"{Name}: {error.Message}", "restore the server's own backup"),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
            new UpgradeRefusal("locked", $"{Name}: {error.Message}", "try again when its users are less busy"),
        _ => new UpgradeRefusal("unavailable", $"{Name}: {error.Message}", "see that the server runs and lets this user in, then try again"),
    };

    // Who waits for us sees this name.
    private NpgsqlConnection Connect(UpgradeOptions options, bool pooled)
    {
        var settings = new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
        {
            Pooling = pooled,
            Enlist = false,
            IncludeErrorDetail = true,   // who is refused must know which row it was
            ApplicationName = _settings.ApplicationName ?? $"{options.Who}, process {Environment.ProcessId} on {Environment.MachineName}",
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
