using System.Text.Json;
using Npgsql;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// Upgrades that failed before the schema had a history. It must be exactly what it was, so they are written beside it, as the comment of an empty
/// schema of their own, and become part of the history when there is one.
/// </summary>
internal sealed class PostgresFailures(NpgsqlConnection connection)
{
    private const string Mark = "orchestrator failed upgrades ";

    public static string SchemaOf(string schema) => $"failed_{WantedSchema.Hash(schema)[..16]}";

    public IReadOnlyList<MigrationRow> Read() =>
        connection.Scalar("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = @n", ("@n", Name())) is string text
            && text.StartsWith(Mark, StringComparison.Ordinal)
            ? MigrationHistory.Failures(text[Mark.Length..])
            : [];

    public void Write(IReadOnlyList<MigrationRow> failures)
    {
        var name = PostgresNames.Quote(Name());
        var text = PostgresNames.Literal(Mark + JsonSerializer.Serialize(failures, SchemaJson.Default.IReadOnlyListMigrationRow));
        connection.Execute($"SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS {name}; COMMENT ON SCHEMA {name} IS {text}");
    }

    public void Delete() => connection.Execute($"SET LOCAL client_min_messages = warning; DROP SCHEMA IF EXISTS {PostgresNames.Quote(Name())}");

    private string Name() => SchemaOf((string)connection.Scalar("SELECT current_schema()")!);
}
