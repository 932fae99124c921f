namespace Orchestrator.Actors.Artifacts;

/// <summary>Paths that a client names, held against the workspace they must stay in.</summary>
public static class WorkspacePaths
{
    /// <summary>The path relative to the workspace, with forward slashes.</summary>
    /// <param name="workspace">The workspace, absolute.</param>
    /// <param name="path">Relative to it, or absolute and inside it.</param>
    /// <param name="relative">The result.</param>
    /// <returns>False when the path leads out of the workspace, also by a symbolic link, or is no path at all. The file need not exist.</returns>
    public static bool TryMakeRelative(string workspace, string path, out string relative)
    {
        relative = "";
        if (path.Length is 0 or > 4096 || path.Any(char.IsControl) || path.StartsWith("\\\\", StringComparison.Ordinal))
        {
            return false;
        }

        var root = Resolve(Path.GetFullPath(workspace));
        // "a/../.." is judged as it reads; what links make of it is judged after.
        var read = Path.GetFullPath(path.Replace('\\', '/'), root ?? workspace);
        var real = Resolve(read);
        if (root is null || real is null || !IsInside(root, real))
        {
            return false;
        }

        relative = Path.GetRelativePath(root, real).Replace(Path.DirectorySeparatorChar, '/');
        return true;
    }

    private static bool IsInside(string root, string path) =>
        path == root || path.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Follows the links of every part that exists; null when they go round in a circle, or are more than anybody means.</summary>
    private static string? Resolve(string path)
    {
        var followed = 0;
        return Resolve(path, ref followed);
    }

    private static string? Resolve(string path, ref int followed)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        if (Resolve(parent, ref followed) is not { } above)
        {
            return null;
        }

        var here = Path.Combine(above, Path.GetFileName(path));
        if (new FileInfo(here).LinkTarget is not { } target)
        {
            return here;
        }

        // As many as Linux follows in one path, in all: links to links multiply.
        return ++followed > 40 ? null : Resolve(Path.GetFullPath(target, above), ref followed);
    }
}
