using System.Data.Common;
using Npgsql;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Postgres;

/// <summary>An open PostgreSQL database while its current schema is upgraded.</summary>
internal sealed class PostgresSession : DatabaseSession
{
    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS migration_history (
            version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, checksum TEXT NOT NULL, code_version BIGINT NULL,
            wanted TEXT NOT NULL, before TEXT NOT NULL, steps TEXT NOT NULL, renames TEXT NOT NULL, started_at TEXT NOT NULL,
            duration_ms BIGINT NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL, program TEXT NOT NULL, backup TEXT NULL, backup_sha256 TEXT NULL,
            reason TEXT NULL, fingerprint TEXT NULL, cookie TEXT NULL)
        """;

    /// <summary>What a transaction is begun with, so that an expression means the same wherever it is run.</summary>
    public const string Settings = "SET LOCAL lock_timeout = '3s'; SET LOCAL timezone = 'UTC'; SET CONSTRAINTS ALL IMMEDIATE; "
        + "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL datestyle = 'ISO, MDY'; "
        + "SET LOCAL intervalstyle = postgres; SET LOCAL bytea_output = hex; SET LOCAL extra_float_digits = 1";

    private readonly NpgsqlConnection _connection;
    private readonly HashSet<string> _asked = [];
    private int _reads;
    private bool _isOpen;

    public PostgresSession(NpgsqlConnection connection, UpgradeOptions options)
        : base(connection, options)
    {
        _connection = connection;
        Dialect = new PostgresDialect(AfterRenames);
    }

    public override ISchemaDialect Dialect { get; }

    public override IEqualityComparer<string> Names => StringComparer.Ordinal;

    public override (string Table, string Cookie) History => (Table, PostgresCookie.Sql);

    public override bool HasHistory => Begun.Scalar("SELECT to_regclass(quote_ident(current_schema()) || '.migration_history')::text") is not null;

    protected override string Builder =>
        $"{_connection.Host}:{_connection.Port} {_connection.PostgreSqlVersion} {_connection.Database} {_connection.UserName}";

    // Looking needs a transaction too: what is built in it to look at is rolled back.
    private NpgsqlConnection Begun
    {
        get
        {
            if (!_isOpen)
            {
                _isOpen = true;
                _connection.Execute($"BEGIN; {Settings}");
            }

            return _connection;
        }
    }

    public override DatabaseSchema Read() => PostgresIntrospection.Read(Begun, isRepeated: _reads++ > 0);

    public override List<object?[]> Ask(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        if (!_asked.Add(sql))
        {
            command.Prepare();
        }

        using var reader = command.ExecuteReader();
        return reader.Rest();
    }

    public override IReadOnlyDictionary<string, string> Broken(DatabaseSchema schema) => PostgresSoundness.Broken(Begun, schema);

    // The server lets no row lose its parent, but for keys that were never validated; validating them is nobody's business here.
    public override IReadOnlyList<string> Orphans(Table table, Func<string, string> renamed) => [];

    public override IReadOnlyList<string> Damage() => Begun.Rows(
        """
        SELECT 'the index ' || i.indexrelid::regclass || ' is not valid: drop it and make it again' FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
        WHERE NOT i.indisvalid AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        UNION ALL SELECT 'the constraint ' || k.conname || ' of ' || k.conrelid::regclass || ' was never validated' FROM pg_constraint k
        WHERE NOT k.convalidated AND k.connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        """).ConvertAll(r => (string)r[0]!);

    public override long Count(string table) => Begun.Number($"SELECT count(*) FROM {PostgresNames.Quote(table)}");

    public override long Bytes(string table) =>
        Begun.Number($"SELECT coalesce(pg_total_relation_size(to_regclass({PostgresNames.Literal(PostgresNames.Quote(table))})), 0)");

    public override string? Hash(string table, IReadOnlyList<string> columns) => PostgresBackup.Hash(Begun, PostgresNames.Quote(table), columns);

    public override FilledAhead? FilledAhead(string table, string column) => PostgresBackfill.Filled(Begun, table, column);

    // No stored value changes, so there is none to be backed up.
    public override (string? Name, string? Hash)? BackedUpAhead() => (null, null);

    public override IDisposable Lock()
    {
        PostgresLock.Take(_connection, Options);
        _ = Begun;
        return _connection;   // the lock is the connection's
    }

    public override bool Freeze(SchemaPlan plan)
    {
        var renames = plan.Steps.Select(s => s.Step).OfType<RenameTable>().Reverse().ToList();
        var found = Read();
        var names = plan.Steps.Select(s => s.Step).Where(s => s is not (CreateTable or ReplaceObject or ExtendType))
            .SelectMany(s => s switch
            {
                CreateObject { Wanted.Table: var t } => [t],
                DropObject { Found.Table: var t } => [t],
                AddConstraint { Constraint: ForeignKey k } => [s.On, k.Parent],
                _ => (string[])[s.On],
            })
            .Select(n => renames.Aggregate(n, (name, r) => r.To == name ? r.From : name));
        var patience = plan.IsFilledAhead ? PostgresLock.ShortPatience : PostgresLock.Patience;
        PostgresLock.Tables(_connection, [.. found.Tables.Select(t => t.Name).Intersect(names)], Options, patience);
        return true;
    }

    // Where the server keeps its files can be seen only on its own machine and with the right to know it. Elsewhere, a full disk is the server's to
    // tell: then the transaction is rolled back. Needed are the copies of the backup, the tables written anew, and as much of the log.
    public override void NeedSpace(SchemaPlan plan)
    {
        if (Files() is not { } directory)
        {
            return;
        }

        var data = plan.Touched.Sum(Bytes)
            + plan.Steps.Select(s => s.Step)
                .Where(s => s.RewritesTable || s is AddColumn { TouchesRows: true } or SetNotNull { TouchesRows: true })
                .Select(s => s.On).Distinct().Sum(Bytes);
        var log = Begun.Number("SELECT pg_size_bytes(current_setting('max_wal_size'))");
        var need = data + Math.Min(data, log) + (1 << 20);
        if (Options.FreeSpace(Path.Combine(directory, "base")) is var free && free < need)
        {
            throw new RefusalException(new UpgradeRefusal(
                "space", $"{free >> 20} MiB are free in {directory} where the backup and the migration need {(need >> 20) + 1} MiB",
                "make room, then try again; nothing was changed"));
        }
    }

    public override (string? Name, string? Hash) BackUp(DatabaseSchema found, string label, IReadOnlyList<string> touched) =>
        new PostgresBackup(_connection, Options).Make(found, label, touched);

    public override void Prune() => new PostgresBackup(_connection, Options).Prune();

    public override IReadOnlyList<MigrationRow> Failures() => new PostgresFailures(_connection).Read();

    public override void KeepFailures(IReadOnlyList<MigrationRow> failures) => new PostgresFailures(_connection).Write(failures);

    public override void ForgetFailures(bool isCommitted)
    {
        if (!isCommitted)
        {
            new PostgresFailures(_connection).Delete();
        }
    }

    public override T Try<T>(Func<T> act)
    {
        Begun.Execute("SAVEPOINT attempt");
        try
        {
            var result = act();
            _connection.Execute("RELEASE SAVEPOINT attempt");
            return result;
        }
        catch (DbException)
        {
            _connection.Execute("ROLLBACK TO SAVEPOINT attempt");
            throw;
        }
    }

    // In one way to the server and back.
    public override List<object?[]> TryAsk(string sql)
    {
        using var batch = new NpgsqlBatch(Begun)
        {
            BatchCommands = { new NpgsqlBatchCommand("SAVEPOINT attempt"), new NpgsqlBatchCommand(sql), new NpgsqlBatchCommand("RELEASE SAVEPOINT attempt") },
            Timeout = 0,
        };
        try
        {
            using var reader = batch.ExecuteReader();
            var rows = reader.Rest();
            while (reader.NextResult())
            {
                // an error of the last is told here
            }

            return rows;
        }
        catch (DbException)
        {
            _connection.Execute("ROLLBACK TO SAVEPOINT attempt");
            throw;
        }
    }

    public override bool IsMissing(DbException error) =>
        error is PostgresException
        {
            SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedObject
                or PostgresErrorCodes.UndefinedFunction
        };

    public override string? Refusal(DbException error) => error is not PostgresException { SqlState: var state } ? null : state switch
    {
        PostgresErrorCodes.LockNotAvailable => "locked",
        _ when state.StartsWith("23", StringComparison.Ordinal) || state.StartsWith("22", StringComparison.Ordinal) => "rows",
        _ when state.StartsWith("42", StringComparison.Ordinal) || state is "0A000" or "2BP01" or "55P04" or "55006" or "P0001" => "conflict",
        _ => null,
    };

    /// <summary>Ends a transaction in which one has only looked.</summary>
    public void End()
    {
        if (_isOpen)
        {
            _connection.Execute("ROLLBACK");
            _isOpen = false;
        }
    }

    public override void Commit()
    {
        _connection.Execute("COMMIT");
        _isOpen = false;
    }

    // Rights and owners are not looked after.
    protected override bool IsBuilt(string statement) =>
        !statement.StartsWith("GRANT ", StringComparison.Ordinal) && !statement.Contains(" OWNER TO ", StringComparison.Ordinal);

    protected override DatabaseSchema Build(IReadOnlyList<string> statements) => PostgresScratch.Build(Begun, statements, PostgresCookie.Sql);

    private string? Files()
    {
        if (_connection.Host is not ['/', ..])
        {
            return null;
        }

        var directory = Begun.Scalar(
            "SELECT coalesce(nullif(pg_tablespace_location(dattablespace), ''), (SELECT setting FROM pg_settings WHERE name = 'data_directory')) "
            + "FROM pg_database WHERE datname = current_database()") as string;
        return Directory.Exists(directory) ? directory : null;
    }

    // The database itself says what follows a rename.
    private DatabaseSchema AfterRenames(IReadOnlyList<SchemaStep> renames)
    {
        Begun.Execute("SAVEPOINT renames");
        try
        {
            foreach (var rename in renames)
            {
                _connection.Execute(PostgresDialect.Rename(rename));
            }

            return Read();
        }
        finally
        {
            _connection.Execute("ROLLBACK TO SAVEPOINT renames");
        }
    }
}
