using System.Security.Cryptography;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Files that a client names: only those of its workspace.</summary>
internal static class WorkspaceFiles
{
    /// <summary>The path relative to the workspace.</summary>
    /// <exception cref="RefusedException">It leads out of it.</exception>
    public static string Relative(string? workspace, string path, string argument) =>
        WorkspacePaths.TryMakeRelative(workspace ?? "/", path, out var relative) && (workspace is not null || !Path.IsPathRooted(path))
            ? relative
            : throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed,
                $"{argument}: '{(path.Length > 100 ? path[..100] : path)}' leads out of the workspace {workspace ?? "(none is known)"}.",
                "Name files inside the workspace, relative to it."));

    /// <summary>The file as it is now.</summary>
    /// <exception cref="RefusedException">It leads out of the workspace, is no plain file, or is too large to look at.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileObservation Look(string? workspace, string path, string argument)
    {
        if (workspace is null)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed, $"{argument}: no workspace is known, so files cannot be looked at.", "Start the server with --workspace."));
        }

        var relative = Relative(workspace, path, argument);
        // The workspace itself may be reached through a link; what is below it has none any more.
        var file = new FileInfo(Path.Combine(workspace, relative));
        if (!file.Exists)
        {
            return Directory.Exists(file.FullName)
                ? throw new RefusedException(new Refusal(
                    RefusalCode.ValidationFailed, $"{argument}: '{relative}' is a directory.", "Name the files in it."))
                : new FileObservation(relative, null, 0);
        }

        if (file.Length > TaskLimits.Artifact || (file.Attributes & FileAttributes.Device) != 0)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed, $"{argument}: '{relative}' has {file.Length} bytes; at most {TaskLimits.Artifact} are looked at.",
                "Leave it out."));
        }

        using var content = file.OpenRead();
        return new FileObservation(relative, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
    }
}
