using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools;

/// <summary>Whether the work products are where the index says, and what it says.</summary>
internal static class ArtifactCheck
{
    // What one call may read: a client waits a minute, not longer.
    private const int MostFiles = 10_000;
    private const long MostBytes = 512L * 1024 * 1024;

    public static StructureCheck Run(Storage storage, bool wholeContent)
    {
        var (looked, wrong, bytes, after) = (0L, new List<string>(), 0L, "");
        while (looked < MostFiles && bytes < MostBytes)
        {
            var page = storage.Maintenance.AllArtifacts(after, 500);
            foreach (var artifact in page.TakeWhile(_ => bytes < MostBytes))
            {
                looked++;
                if (!IsThere(storage.Artifacts, artifact, wholeContent))
                {
                    wrong.Add(artifact.Artifact.ArtifactId.Value);
                }

                bytes += wholeContent ? artifact.Artifact.Size : 0;
            }

            if (page.Count < 500)
            {
                break;
            }

            after = page[^1].Artifact.ArtifactId.Value;
        }

        return new StructureCheck(
            wholeContent ? "every work product is what was stored" : "every work product is there", looked, wrong.Count, [.. wrong.Take(10)]);
    }

    private static bool IsThere(ArtifactStore store, ArtifactRow artifact, bool wholeContent)
    {
        try
        {
            return wholeContent
                ? store.ReadBytes(artifact.Artifact.Sha256).LongLength == artifact.Artifact.Size
                : new FileInfo(store.PathOf(artifact.Artifact.Sha256)) is { Exists: true } file && file.Length == artifact.Artifact.Size;
        }
        catch (ArtifactDamagedException)
        {
            return false;
        }
    }
}
