using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// One migrator among processes: SQLite's own write lock, which the system frees when its holder dies. A note beside the database says who
/// holds it; it is for people and decides nothing.
/// </summary>
internal sealed class SqliteLock : IDisposable
{
    private readonly string _note;

    private SqliteLock(string note) => _note = note;

    public static SqliteLock Take(SqliteConnection connection, string path, UpgradeOptions options)
    {
        var note = $"{path}.migrating";
        var waited = Stopwatch.StartNew();
        while (!TryBegin(connection))
        {
            var holder = Holder(note);
            if (waited.Elapsed >= options.LockWait)
            {
                throw new RefusalException(new UpgradeRefusal(
                    "locked", $"{holder} has been writing to the database for {waited.Elapsed.TotalSeconds:0} "
                        + "seconds", "end that process, then try again"));
            }

            options.Progress?.Invoke(new UpgradeProgress("waiting", 0, 0, $"waiting for {holder}"));
        }

        var held = new SqliteLock(note);
        Write(note, $"{options.Who}, process {Environment.ProcessId} on {Environment.MachineName}, since {options.Clock.GetUtcNow():u}");
        return held;
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the note of a dead holder is only out of date
        }
    }

    private static bool TryBegin(SqliteConnection connection)
    {
        try
        {
            using var begin = connection.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.CommandTimeout = 1;
            begin.ExecuteNonQuery();
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 5 or 6)
        {
            return false;
        }
    }

    private static string Holder(string note)
    {
        try
        {
            return File.ReadAllText(note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    private static void Write(string note, string text)
    {
        try
        {
            File.WriteAllText(note, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // others will wait for "another process"
        }
    }
}
