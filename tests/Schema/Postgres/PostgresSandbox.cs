using Npgsql;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Postgres;
using Orchestrator.Schema.Tests.Upgrading;

namespace Orchestrator.Schema.Tests.Postgres;

/// <summary>A schema of its own on the server of this test run.</summary>
internal sealed class PostgresSandbox : Sandbox
{
    private static int _last;
    private readonly string _schema = $"s{Interlocked.Increment(ref _last)}_{Environment.ProcessId}";

    public PostgresSandbox()
    {
        var settings = new NpgsqlConnectionStringBuilder(PostgresServer.ConnectionString);
        using var connection = new NpgsqlConnection(settings.ConnectionString);
        connection.Open();
        connection.Execute($"CREATE SCHEMA {_schema}");
        settings.SearchPath = _schema;
        settings.Pooling = false;
        Address = settings.ConnectionString;
    }

    public override string Address { get; }

    public string SchemaName => _schema;

    public override void Dispose()
    {
        using var connection = new NpgsqlConnection(PostgresServer.ConnectionString);
        connection.Open();
        var mine = connection.Rows("SELECT nspname::text FROM pg_namespace WHERE nspname IN (@s, @f) OR starts_with(nspname::text, @b)",
            ("@s", _schema), ("@f", PostgresFailures.SchemaOf(_schema)), ("@b", $"backup_{_schema}_"));
        foreach (var schema in mine)
        {
            connection.Execute($"SET client_min_messages = warning; DROP SCHEMA {PostgresNames.Quote((string)schema[0]!)} CASCADE");
        }
    }

    public NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(Address);
        connection.Open();
        return connection;
    }

    public override IReadOnlyList<string> Statements(string script) => PostgresScript.Statements(script);

    public override void Run(string script)
    {
        using var connection = Open();
        foreach (var statement in PostgresScript.Statements(script))
        {
            connection.Execute(statement);
        }
    }

    public override IReadOnlyList<object?[]> Rows(string sql)
    {
        using var connection = Open();
        return connection.Rows(sql);
    }

    public override DatabaseSchema Schema()
    {
        using var connection = Open();
        return PostgresIntrospection.Read(connection);
    }

    public override string Content()
    {
        using var connection = Open();
        var schema = PostgresIntrospection.Read(connection);
        var lines = schema.Statements().Order(StringComparer.Ordinal).ToList();
        foreach (var table in schema.Tables)
        {
            var columns = PostgresNames.List(table.Columns.Select(c => c.Name).Order(StringComparer.Ordinal));
            lines.AddRange(connection.Rows($"SELECT ROW({columns})::text COLLATE \"C\" AS r FROM {PostgresNames.Quote(table.Name)} ORDER BY r")
                .Select(r => $"{table.Name}: {r[0]}"));
        }

        return string.Join("\n", lines);
    }
}
