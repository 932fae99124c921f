using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Protocol;

namespace Orchestrator.Actors.Artifacts;

/// <summary>Work products that come in pieces, one file each: <c>&lt;directory&gt;/&lt;artifact id&gt;.part</c>. Safe for any thread.</summary>
public sealed partial class PartialArtifactStore(string directory)
{
    private const string Part = ".part";
    private const string Ended = ".done";
    private readonly Lock _oneAtATime = new();
    private readonly Dictionary<ArtifactId, PartialFile> _open = [];

    /// <summary>Whether a text can be the id of an artifact; anything else never becomes part of a path.</summary>
    public static bool IsId(string text) => Id().IsMatch(text);

    /// <summary>Begins a work product with its first piece. Repeated, it finds itself.</summary>
    /// <exception cref="IOException">It is not stored.</exception>
    public PartialStanding Begin(ArtifactId id, PartialHeader header, CommandId key, ReadOnlySpan<byte> content, DateTimeOffset at)
    {
        lock (_oneAtATime)
        {
            var file = Find(id);
            if (file is null)
            {
                DurableDirectory.Create(directory);
                _open[id] = file = PartialFile.Create(PathOf(id, Part), header);
            }

            return Add(id, file, key, content, at);
        }
    }

    /// <summary>Adds a piece; returns when it is on disk. A piece that came before under the same key is not added again.</summary>
    /// <param name="id">The work product.</param>
    /// <param name="key">The key of the request.</param>
    /// <param name="content">The piece.</param>
    /// <param name="at">The time.</param>
    /// <param name="offset">Where the piece belongs, if its sender says so: then it must be where the last one ended.</param>
    /// <returns>The standing after the piece, and whether it was the sender's idea of where it belongs; null when there is no such work product.</returns>
    public (PartialStanding Standing, bool Fits)? Append(ArtifactId id, CommandId key, ReadOnlySpan<byte> content, DateTimeOffset at, long? offset = null)
    {
        lock (_oneAtATime)
        {
            if (Find(id) is not { } file)
            {
                return null;
            }

            return file.After(key.ToString()) is null && offset is { } o && o != file.Standing.Bytes
                ? (file.Standing, false)
                : (Add(id, file, key, content, at), true);
        }
    }

    /// <summary>What there is, with every byte checked; null when there is none.</summary>
    /// <param name="id">The work product.</param>
    /// <param name="content">Where its content goes.</param>
    /// <exception cref="ArtifactDamagedException">It is not what was stored.</exception>
    public PartialArtifact? Read(ArtifactId id, Stream? content = null)
    {
        lock (_oneAtATime)
        {
            var path = PathOf(id, Part);
            if (!File.Exists(path) || PartialFile.Open(path, content) is not { Standing.Pieces: > 0 } file)
            {
                return null;
            }

            _open[id] = file;
            return new PartialArtifact(id, file.Header, file.Standing, file.LastKey);
        }
    }

    /// <summary>How far it has come; null when there is none. Every byte is checked once by each process, not with every piece.</summary>
    /// <exception cref="ArtifactDamagedException">It is not what was stored.</exception>
    public PartialArtifact? Known(ArtifactId id)
    {
        lock (_oneAtATime)
        {
            return Find(id) is { Standing.Pieces: > 0 } file ? new PartialArtifact(id, file.Header, file.Standing, file.LastKey) : null;
        }
    }

    /// <summary>How a work product ended that was whole; null when it was not, or when that is long ago.</summary>
    public PartialEnd? End(ArtifactId id) => File.Exists(PathOf(id, Ended))
        ? JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(id, Ended)), PartialJson.Default.PartialEnd)
        : null;

    /// <summary>The work product is stored as a whole: leaves a note of that in place of its pieces.</summary>
    public void Finish(ArtifactId id, PartialEnd end)
    {
        lock (_oneAtATime)
        {
            DurableFile.Replace(PathOf(id, Ended), JsonSerializer.SerializeToUtf8Bytes(end, PartialJson.Default.PartialEnd));
            DurableDirectory.Sync(directory);
            File.Delete(PathOf(id, Part));
            _open.Remove(id);
        }
    }

    /// <summary>The ids of those that are not whole yet, in order.</summary>
    public IReadOnlyList<ArtifactId> Ids() => Files(Part);

    /// <summary>Those whose last piece came before a time.</summary>
    public IReadOnlyList<PartialArtifact> Before(DateTimeOffset time) =>
        [.. Ids().Select(id => Read(id)).OfType<PartialArtifact>().Where(p => p.Standing.At < time)];

    /// <summary>Removes one whose last piece came before a time; false when a piece came in between, or there is none.</summary>
    public bool Remove(ArtifactId id, DateTimeOffset before)
    {
        lock (_oneAtATime)
        {
            if (Find(id) is not { } file || file.Standing.At >= before)
            {
                return false;
            }

            File.Delete(PathOf(id, Part));
            _open.Remove(id);
            return true;
        }
    }

    /// <summary>Forgets those that were whole before a time; returns how many.</summary>
    public int Forget(DateTimeOffset before)
    {
        var old = Files(Ended).Where(id => End(id)?.At < before).ToList();
        old.ForEach(id => File.Delete(PathOf(id, Ended)));
        return old.Count;
    }

    private PartialStanding Add(ArtifactId id, PartialFile file, CommandId key, ReadOnlySpan<byte> content, DateTimeOffset at)
    {
        if (file.After(key.ToString()) is { } before)
        {
            return before;
        }

        try
        {
            return file.Add(key.ToString(), content, at);
        }
        catch
        {
            _open.Remove(id);   // whatever is on disk now is read again, and what is not whole is cut off
            throw;
        }
    }

    private PartialFile? Find(ArtifactId id)
    {
        if (_open.TryGetValue(id, out var file))
        {
            return file;
        }

        var path = PathOf(id, Part);
        if (!File.Exists(path) || PartialFile.Open(path) is not { } found)
        {
            return null;
        }

        return _open[id] = found;
    }

    private List<ArtifactId> Files(string extension) => !Directory.Exists(directory)
        ? []
        : [.. Directory.EnumerateFiles(directory, "*" + extension).Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(IsId)
            .Order(StringComparer.Ordinal).Select(name => new ArtifactId(name))];

    private string PathOf(ArtifactId id, string extension) => IsId(id.Value)
        ? Path.Combine(directory, id.Value + extension)
        : throw new ArgumentException($"'{id}' is not the id of an artifact.", nameof(id));

    [GeneratedRegex(@"\Aart_[0-9a-z]{13}\z")]
    private static partial Regex Id();
}

/// <summary>A work product that is not whole yet.</summary>
public sealed record PartialArtifact(ArtifactId ArtifactId, PartialHeader Header, PartialStanding Standing, string? LastKey);
