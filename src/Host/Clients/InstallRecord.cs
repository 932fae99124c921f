using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Clients;

/// <summary>What was done to one file, so that it can be undone.</summary>
/// <param name="File">The file.</param>
/// <param name="Previous">The entry of our name that was there before; null when there was none.</param>
/// <param name="Backup">A copy of the file as it was; null when there was no file.</param>
/// <param name="Written">Hash of what was written: while the file is still that, undoing it means to put the copy back.</param>
/// <param name="Command">The program that was entered.</param>
internal sealed record InstallRecord(string File, string? Previous, string? Backup, string Written, string Command);

/// <summary>The records of this user, and the copies that they name, under <c>~/.local/state/orchestrator/clients</c>.</summary>
internal sealed class InstallRecords(string home, TimeProvider clock)
{
    private string Folder => Path.Join(home, ".local/state/orchestrator/clients");

    /// <summary>The record of a file; null when there is none, or when it cannot be read any more.</summary>
    public InstallRecord? Find(string file)
    {
        try
        {
            var record = JsonNode.Parse(File.ReadAllText(RecordPath(file)))!;
            return new InstallRecord(
                file, (string?)record["previous"], (string?)record["backup"], (string)record["written"]!, (string)record["command"]!);
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentNullException
            or NullReferenceException)
        {
            return null;
        }
    }

    /// <summary>Copies a file, under a name with the time.</summary>
    public string Keep(ConfigFile file)
    {
        var stamp = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        string Copy(int number) => Path.Join(Folder, $"{Key(file.Path)}-{stamp}{(number == 0 ? "" : $"-{number}")}-{Path.GetFileName(file.Path)}");
        var copy = Copy(Enumerable.Range(0, int.MaxValue).First(n => !File.Exists(Copy(n))));
        Write(copy, file.Bytes!);
        return copy;
    }

    /// <summary>Writes the record of a file, before the file itself is changed.</summary>
    public void Put(InstallRecord record) => Write(RecordPath(record.File), System.Text.Encoding.UTF8.GetBytes(new JsonObject
    {
        ["file"] = record.File,
        ["previous"] = record.Previous,
        ["backup"] = record.Backup,
        ["written"] = record.Written,
        ["command"] = record.Command,
    }.ToJsonString()));

    /// <summary>Forgets a file.</summary>
    public void Remove(string file) => File.Delete(RecordPath(file));

    private string RecordPath(string file) => Path.Join(Folder, $"{Key(file)}.json");

    private static string Key(string file) => ConfigFile.Hash(System.Text.Encoding.UTF8.GetBytes(file))[..16];

    // Configurations hold other people's secrets in their environment: for the owner alone.
    private void Write(string path, byte[] bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder);
        }
        else
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream($"{path}.new", options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move($"{path}.new", path, overwrite: true);
    }
}
