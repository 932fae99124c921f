using System.Text.Json;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// Upgrades that failed before the database had a history. It must be exactly what it was, so they are written beside it, in a file, and become
/// part of the history when there is one. What cannot be written there is not: the caller has the reason.
/// </summary>
internal sealed class SqliteFailures(string database)
{
    private readonly string _file = $"{database}.failed";

    public IReadOnlyList<MigrationRow> Read()
    {
        try
        {
            return File.Exists(_file) ? MigrationHistory.Failures(File.ReadAllText(_file)) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];   // they decide nothing
        }
    }

    public void Write(IReadOnlyList<MigrationRow> failures)
    {
        var partial = $"{_file}.partial";
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, failures, SchemaJson.Default.IReadOnlyListMigrationRow);
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, _file, overwrite: true);
    }

    public void Delete()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it is read only while there is no history
        }
    }
}
