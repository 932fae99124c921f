using System.Diagnostics;

namespace Orchestrator.Host.Diagnosis;

/// <summary>Where the work is kept: directories, rights, file system, space.</summary>
internal static class PlaceChecks
{
    private const long LittleSpace = 1024L * 1024 * 1024;
    private const long NoSpace = 64L * 1024 * 1024;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private static readonly TimeSpan SlowSync = TimeSpan.FromSeconds(1);
    private static readonly string[] Remote =
        ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "vboxsf", "drvfs"];

    private static readonly string[] IgnoreFiles = [".gitignore", ".git/info/exclude"];

    public static readonly IReadOnlyList<Check> All =
    [
        new("data-directory", p => Directory.Exists(p.Location.Path) ? [] : [new Finding(
            "data-directory", Verdict.Warning, $"{p.Location.Path} does not exist yet.",
                "Nothing to do: the first client creates it. Or name another with --data-dir.")]),
        new("data-directory-mode", p => !OperatingSystem.IsWindows() && Directory.Exists(p.Location.Path)
            && (File.GetUnixFileMode(p.Location.Path) & Others) is var open and not UnixFileMode.None
            ? [new Finding("data-directory-mode", Verdict.Warning, $"{p.Location.Path} is open to others ({open}).", $"chmod 700 {p.Location.Path}")]
                : []),
        new("data-directory-writable", p => Directory.Exists(p.Location.Path) && Probe(p.Location.Path) is { Error: { } error }
            ? [new Finding("data-directory-writable", Verdict.Fault, $"Nothing can be written to {p.Location.Path}: {error}",
                "Give yourself the right to write there, remount it writable, or name another with ORCHESTRATOR_DATA_DIR.")] : []),
        new("fsync", p => Directory.Exists(p.Location.Path) && Probe(p.Location.Path) is { Error: null, Took: var took } && took > SlowSync
            ? [new Finding("fsync", Verdict.Warning, $"Bringing one page to the disk took {took.TotalMilliseconds:0} ms.",
                "Each change waits for it: use a local disk (ORCHESTRATOR_DATA_DIR).")] : []),
        new("database-writable", p => File.Exists(p.Database) && File.GetAttributes(p.Database).HasFlag(FileAttributes.ReadOnly)
            ? [new Finding("database-writable", Verdict.Fault, $"{p.Database} is read-only.", $"chmod u+w {p.Database}")] : []),
        new("file-system", p => p.FileSystem is { } kind && Remote.Contains(kind.ToLowerInvariant())
            ? [new Finding("file-system", Verdict.Fault, $"{p.Location.Path} is on {kind}, where locks and syncs cannot be relied on.",
                "Put it on a local disk (ORCHESTRATOR_DATA_DIR).")] : []),
        new("file-system-lasting", p => p.FileSystem is "tmpfs" or "ramfs"
            ? [new Finding("file-system-lasting", Verdict.Warning,
                $"{p.Location.Path} is in memory ({p.FileSystem}) and gone after a restart of the machine.",
                "Put it on a disk (ORCHESTRATOR_DATA_DIR).")] : []),
        new("space", p => p.FreeBytes is { } free && free < LittleSpace
            ? [new Finding("space", free < NoSpace ? Verdict.Fault : Verdict.Warning, $"{free / 1024 / 1024} MB are free for {p.Location.Path}.",
                "Free some space. Nothing is lost meanwhile: what cannot be written is refused, and works again by itself.")] : []),
        new("run-directory", p => RunDirectory(p.Location.RunDirectory)),
        new("run-directory-writable", p => Directory.Exists(p.Location.RunDirectory) && Probe(p.Location.RunDirectory) is { Error: { } error }
            ? [new Finding("run-directory-writable", Verdict.Fault, $"No socket can be made in {p.Location.RunDirectory}: {error}",
                "Give yourself the right to write there, or start with HOME set to your own directory.")] : []),
        new("git-ignore", GitIgnore),
    ];

    private static IEnumerable<Finding> RunDirectory(string path)
    {
        if (File.Exists(path))
        {
            yield return new Finding("run-directory", Verdict.Fault, $"{path} is a file.", $"Remove it: rm {path}");
        }
        else if (!OperatingSystem.IsWindows() && Directory.Exists(path)
            && (File.GetUnixFileMode(path) & Others) is var open and not UnixFileMode.None)
        {
            yield return new Finding(
                "run-directory", Verdict.Fault, $"{path} is open to others ({open}): they could put sockets of their own there.",
                    $"chmod 700 {path}");
        }
    }

    private static IEnumerable<Finding> GitIgnore(Patient p)
    {
        if (p.Location.Workspace is not { } workspace || Path.GetDirectoryName(p.Location.Path) != workspace
            || !Directory.Exists(Path.Join(workspace, ".git"))
            || !Directory.Exists(p.Location.Path))
        {
            yield break;
        }

        var name = Path.GetFileName(p.Location.Path);
        var lines = IgnoreFiles.Select(f => Path.Join(workspace, f)).Where(File.Exists).SelectMany(File.ReadLines);
        if (!lines.Any(l => l.Trim().Trim('/') == name) && !File.Exists(Path.Join(p.Location.Path, ".gitignore")))
        {
            yield return new Finding(
                "git-ignore", Verdict.Warning, $"{p.Location.Path} is not ignored by git: a database in use would be committed.",
                $"echo {name}/ >> {Path.Join(workspace, ".gitignore")}");
        }
    }

    // A file of our own, written to the disk and removed.
    private static (string? Error, TimeSpan Took) Probe(string folder)
    {
        var path = Path.Join(folder, $".doctor-{System.Environment.ProcessId}");
        try
        {
            var start = Stopwatch.GetTimestamp();
            using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1, FileOptions.DeleteOnClose))
            {
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
            }

            return (null, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (e.Message, default);
        }
    }
}
