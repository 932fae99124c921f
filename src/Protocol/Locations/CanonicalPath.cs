namespace Orchestrator.Protocol.Locations;

/// <summary>One spelling for one directory, so that everybody who means it computes the same socket.</summary>
internal static class CanonicalPath
{
    // As many as the kernel follows before it calls the path a loop.
    private const int MaxLinks = 40;

    /// <summary>The full path with its symbolic links followed, as far as it exists; what does not exist yet is kept as written.</summary>
    public static string Of(string fullPath)
    {
        var links = 0;
        var done = "/";
        var rest = new Stack<string>();
        Push(rest, fullPath);
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                done = Path.GetDirectoryName(done) ?? "/";
                continue;
            }

            var next = Path.Join(done, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new LocationException($"The path {fullPath} leads through a loop of symbolic links.", "Name another directory.");
            }

            done = Path.IsPathRooted(target) ? "/" : done;
            Push(rest, target);
        }

        return done;
    }

    private static void Push(Stack<string> rest, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] != ".")
            {
                rest.Push(parts[i]);
            }
        }
    }
}
