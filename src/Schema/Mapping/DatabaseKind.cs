namespace Orchestrator.Schema.Mapping;

/// <summary>For which database DDL is written.</summary>
public enum DatabaseKind
{
    /// <summary>SQLite; its tables are STRICT.</summary>
    Sqlite,

    /// <summary>PostgreSQL.</summary>
    Postgres,
}
