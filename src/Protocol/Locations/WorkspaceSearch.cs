namespace Orchestrator.Protocol.Locations;

/// <summary>Which project a working directory belongs to.</summary>
internal static class WorkspaceSearch
{
    private static readonly string[] ProjectFiles =
    [
        "package.json", "pyproject.toml", "Cargo.toml", "go.mod", "pom.xml", "build.gradle", "CMakeLists.txt", "Makefile",
    ];

    private static readonly string[] ProjectPatterns = ["*.sln", "*.slnx", "*.csproj"];

    /// <summary>
    /// The nearest ancestor with a <c>.git</c>, else the nearest with a project file. The home directory and what lies above it never count:
    /// a desktop client starts there, and a stray Makefile must not gather the work of every project.
    /// </summary>
    public static string? Nearest(string directory, string home) =>
        Nearest(directory, home, HasGit) ?? Nearest(directory, home, HasProjectFile);

    private static string? Nearest(string directory, string home, Func<string, bool> holds)
    {
        for (var at = directory; at is not null && at != "/" && at != home; at = Path.GetDirectoryName(at))
        {
            if (holds(at))
            {
                return at;
            }
        }

        return null;
    }

    // A worktree has a file of that name, a repository a directory.
    private static bool HasGit(string directory) => Path.Exists(Path.Join(directory, ".git"));

    private static bool HasProjectFile(string directory)
    {
        foreach (var name in ProjectFiles)
        {
            if (File.Exists(Path.Join(directory, name)))
            {
                return true;
            }
        }

        try
        {
            foreach (var pattern in ProjectPatterns)
            {
                foreach (var _ in Directory.EnumerateFiles(directory, pattern))
                {
                    return true;
                }
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A directory that we may pass through but not list is nobody's project.
        }

        return false;
    }
}
