using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Schema.Sqlite;

/// <summary>The database file cannot be used. The message says why and what to do about it.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    internal static StoreUnavailableException ReadOnly(string path) =>
        new($"{path} is read-only. Give this user the right to write the file and its folder.");

    internal static StoreUnavailableException For(string path, SqliteException e) => new(
        e.SqliteErrorCode switch
        {
            raw.SQLITE_READONLY => ReadOnly(path).Message,
            raw.SQLITE_NOTADB => $"{path} is not an SQLite database. Move it away or name another data directory (ORCHESTRATOR_DATA_DIR).",
            raw.SQLITE_CORRUPT => $"{path} is damaged ({e.Message}). Keep a copy of it and its -wal file, and restore a backup.",
            raw.SQLITE_CANTOPEN => $"{path} cannot be opened. Check that its folder exists and that this user may write there.",
            raw.SQLITE_FULL => $"The disk of {path} is full. Free some space and try again.",
            raw.SQLITE_BUSY => $"{path} is locked by another process. End it, or name another data directory.",
            _ => $"{path} cannot be used: {e.Message}",
        },
        e);
}
