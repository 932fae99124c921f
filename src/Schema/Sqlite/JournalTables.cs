namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// The tables of Akka.Persistence.Sql 1.5.73, as its auto-initialize would create them. We own them, because we migrate them; a spec compares
/// them with what the plugin creates. The projection's position is here too: it belongs to the journal that it points into.
/// </summary>
internal static class JournalTables
{
    public const string Projection =
        """
        CREATE TABLE projection (
            name TEXT NOT NULL PRIMARY KEY, definition INTEGER NOT NULL, position INTEGER NOT NULL)
        """;

    public static readonly IReadOnlyList<string> Statements =
    [
        """
        CREATE TABLE journal (
            ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted Bit NOT NULL,
            persistence_id NVarChar(255) NOT NULL, sequence_number INTEGER NOT NULL, message VarBinary NOT NULL,
            manifest NVarChar(500) NULL, identifier INTEGER NULL, writer_uuid NVarChar(128) NULL)
        """,
        "CREATE UNIQUE INDEX journal_uq ON journal (persistence_id, sequence_number)",
        "CREATE INDEX journal_created_idx ON journal (created)",
        "CREATE INDEX journal_sequence_number_idx ON journal (sequence_number)",
        """
        CREATE TABLE tags (
            ordering_id INTEGER NOT NULL, tag NVarChar(64) NOT NULL, sequence_nr INTEGER NOT NULL, persistence_id NVarChar(255) NOT NULL,
            PRIMARY KEY (ordering_id, tag))
        """,
        "CREATE INDEX tags_persistence_id_sequence_nr_idx ON tags (persistence_id, sequence_nr)",
        "CREATE INDEX tags_tag_idx ON tags (tag)",
        """
        CREATE TABLE snapshot (
            persistence_id NVarChar(255) NOT NULL, sequence_number INTEGER NOT NULL, created INTEGER NOT NULL,
            snapshot VarBinary NULL, manifest NVarChar(500) NULL, serializer_id INTEGER NULL,
            PRIMARY KEY (persistence_id, sequence_number))
        """,
        "CREATE INDEX snapshot_sequence_number_idx ON snapshot (sequence_number)",
        "CREATE INDEX snapshot_created_idx ON snapshot (created)",
        Projection,
    ];
}
