using System.Globalization;
using System.Text;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Artifacts;

/// <summary>
/// For people who look from a file to the work behind it: a page for each path that a work product names, under <c>mirrored</c>, with the last
/// work product that touched it. Derived from the histories of tasks, so it need not survive anything and nothing depends on it.
/// </summary>
public sealed class ArtifactMirror(string directory)
{
    /// <summary>Brings the pages of a work product's files up to date.</summary>
    /// <param name="task">Whose work it is.</param>
    /// <param name="work">The work product.</param>
    /// <param name="content">The file that holds it.</param>
    /// <returns>How many pages could be written.</returns>
    public int Write(TaskId task, TaskArtifact work, string content)
    {
        var page = Page(task, work, content);
        return work.Artifact.Files.Count(file => TryWrite(file, page));
    }

    private bool TryWrite(string file, string page)
    {
        var path = Path.GetFullPath(Path.Combine(directory, file + ".md"));
        if (!path.StartsWith(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = DurableFile.TemporaryFor(path);
            File.WriteAllText(temporary, page);
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // such as a name that is a folder already, or one that is too long
        }
    }

    private static string Page(TaskId task, TaskArtifact work, string content)
    {
        var (a, page) = (work.Artifact, new StringBuilder());
        page.Append(CultureInfo.InvariantCulture, $"---\nartifact: {a.ArtifactId}\ntask: {task}\nversion: {work.Version}\n");
        page.Append(CultureInfo.InvariantCulture, $"type: {a.Kind.ToString().ToLowerInvariant()}\n");
        page.Append(CultureInfo.InvariantCulture, $"made_at: {work.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        page.Append(CultureInfo.InvariantCulture, $"size: {a.Size}\nsha256: {a.Sha256}\ncontent: {content}\nfiles:\n");
        foreach (var file in a.Files)
        {
            page.Append(CultureInfo.InvariantCulture, $"  - {file}\n");
        }

        return page.Append("---\n\n").Append(a.Summary).Append('\n').ToString();
    }
}
