using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Diagnosis;

/// <summary>An open claim, for people.</summary>
internal sealed record ClaimLook(string TaskId, string Title, string Worker, DateTimeOffset Until);

/// <summary>A restart, for people.</summary>
/// <param name="At">When it was asked for, as stored.</param>
/// <param name="Reason">Why.</param>
/// <param name="State">How far it came: <c>completed</c>, <c>failed</c>, <c>rolled-back</c>, or the phase that it is in.</param>
internal sealed record RestartLook(string At, string Reason, string State);

/// <summary>How many tasks have a status.</summary>
internal sealed record PhaseCount(TaskPhase Phase, long Tasks);

/// <summary>What the database says about itself, read without opening it for writing.</summary>
/// <param name="Bytes">Size of the database file.</param>
/// <param name="WalBytes">Size of the write-ahead log.</param>
/// <param name="Epoch">How often a process has become the writer.</param>
/// <param name="Holder">Who was the last.</param>
/// <param name="TakenAt">Since when.</param>
/// <param name="Journal">Number of the last event in the journal.</param>
/// <param name="Index">Number of the last event that the read model holds.</param>
/// <param name="ByPhase">Tasks by status.</param>
/// <param name="Ready">How many tasks can be claimed.</param>
/// <param name="Claims">The open claims, nearest end first.</param>
/// <param name="LastRestart">The last restart that somebody asked for.</param>
internal sealed record StoreLook(
    long Bytes, long WalBytes, long Epoch, string? Holder, DateTimeOffset? TakenAt, long Journal, long Index,
    IReadOnlyList<PhaseCount> ByPhase, long Ready, IReadOnlyList<ClaimLook> Claims,
    RestartLook? LastRestart)
{
    private const int ClaimsShown = 100;

    private const string LastRestartQuery =
        """
        SELECT json_extract(CAST(asked.message AS TEXT), '$.at'), json_extract(CAST(asked.message AS TEXT), '$.wish.reason'),
            (SELECT replace(substr(last.manifest, 1, instr(last.manifest, '/') - 1), 'restart-', '') FROM journal last
             WHERE last.persistence_id = 'restarts' ORDER BY last.sequence_number DESC LIMIT 1)
        FROM journal asked WHERE asked.persistence_id = 'restarts' AND asked.manifest LIKE 'restart-requested/%'
        ORDER BY asked.sequence_number DESC LIMIT 1
        """;

    /// <summary>The database file of a data directory.</summary>
    public static string FileOf(DataDirectory location) => Path.Join(location.Path, "orchestrator.db");

    /// <summary>A connection that can only read.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>Looks; null when there is no database yet.</summary>
    /// <exception cref="StoreUnreadableException">It cannot be read.</exception>
    public static StoreLook? At(DataDirectory location)
    {
        var file = new FileInfo(FileOf(location));
        if (!file.Exists || file.Length == 0)
        {
            return null;
        }

        using var store = new LightStore(file.FullName);
        store.Rows("BEGIN");   // one moment for all that is read
        var writer = store.Rows("SELECT epoch, holder, taken_at FROM writer WHERE id = 1") is [var last] ? last : null;
        return new StoreLook(
            file.Length, new FileInfo($"{file.FullName}-wal") is { Exists: true } wal ? wal.Length : 0,
            writer is null ? 0 : (long)writer[0], writer?[1] as string, writer is null ? null : Time(writer[2]),
            store.Number("SELECT coalesce(max(ordering), 0) FROM journal"),
            store.Number("SELECT coalesce(max(position), 0) FROM projection"),
            store.Rows("SELECT phase, count(*) FROM task_index GROUP BY phase ORDER BY phase")
                .ConvertAll(r => new PhaseCount((TaskPhase)(long)r[0], (long)r[1])),
            store.Number("SELECT count(*) FROM task_index WHERE phase = 1 AND waiting_for = 0 AND open_subtasks = 0 AND uncreated = 0"),
            store.Rows("SELECT task_id, title, claimed_by, claimed_until FROM task_index WHERE claimed_until IS NOT NULL "
                    + $"ORDER BY claimed_until LIMIT {ClaimsShown}")
                .ConvertAll(r => new ClaimLook((string)r[0], (string)r[1], (string)r[2], Time(r[3]))),
            store.Rows(LastRestartQuery) is [[string at, var reason, string state]] ? new RestartLook(at, $"{reason}", state) : null);
    }

    /// <summary>The rows of a query; small ones only.</summary>
    public static IReadOnlyList<object[]> Rows(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this program
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The one number of a query.</summary>
    public static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(Rows(connection, sql)[0][0], CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(object milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
}
