using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>Reads the journal behind the product's back: no gap, and nothing that one request did twice.</summary>
internal static class JournalAudit
{
    public static string Run(string database)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = database,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        var entries = Read(connection);
        Assert.Equal("ok", Scalar(connection, "PRAGMA integrity_check"));
        var sequences = entries.GroupBy(e => e.PersistenceId).ToList();
        Assert.All(sequences, s => Assert.Equal(Enumerable.Range(1, s.Count()).Select(n => (long)n), s.Select(e => e.SequenceNumber).Order()));

        // One command may write several events, each kind once, in one transaction and side by side in its entity's sequence.
        Assert.All(entries.GroupBy(e => (e.PersistenceId, e.Command)), c =>
        {
            Assert.Equal(c.Count(), c.Select(e => e.Manifest).Distinct().Count());
            Assert.Equal(c.Count() - 1, c.Max(e => e.SequenceNumber) - c.Min(e => e.SequenceNumber));
        });
        Assert.All(entries.GroupBy(e => e.Command), c => Assert.Single(c.Select(e => e.PersistenceId).Distinct()));
        var epoch = Scalar(connection, "SELECT epoch FROM writer");
        return string.Create(CultureInfo.InvariantCulture, $"journal: {entries.Count} events of {sequences.Count} entities, epoch {epoch}");
    }

    private static List<Entry> Read(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT persistence_id, sequence_number, manifest, message FROM journal ORDER BY ordering";
        using var reader = command.ExecuteReader();
        var entries = new List<Entry>();
        while (reader.Read())
        {
            using var message = JsonDocument.Parse((byte[])reader[3]);
            var commandId = message.RootElement.GetProperty("command_id").GetString()!;
            entries.Add(new Entry(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), commandId));
        }

        return entries;
    }

    private static string? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private sealed record Entry(string PersistenceId, long SequenceNumber, string Manifest, string Command);
}
