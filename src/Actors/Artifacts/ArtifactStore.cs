using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Actors.Artifacts;

/// <summary>
/// Work products as files named by their content: <c>&lt;directory&gt;/ab/ab12...</c>. A file is whole and durable before anybody hears of it, and
/// it never changes. The same content is stored once.
/// </summary>
public sealed class ArtifactStore(string directory)
{
    /// <summary>Stores content; returns when it would survive a power cut.</summary>
    /// <param name="content">The bytes.</param>
    /// <returns>Its SHA-256, 64 lower-case hex digits.</returns>
    /// <exception cref="IOException">It is not stored; the disk may be full.</exception>
    public string Save(ReadOnlySpan<byte> content)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var path = PathOf(hash);
        var folder = Path.GetDirectoryName(path)!;
        DurableDirectory.Create(folder);
        if (!IsWhole(path, hash))
        {
            DurableFile.Replace(path, content);
        }

        DurableDirectory.Sync(folder);   // also for a file that was there: its name may not have been synced when its writer died
        return hash;
    }

    /// <summary>Stores what <paramref name="write"/> writes, however long it is, without holding it in memory.</summary>
    /// <returns>Its SHA-256 and its size in bytes.</returns>
    /// <exception cref="IOException">It is not stored; the disk may be full.</exception>
    public (string Sha256, long Size) Save(Action<Stream> write)
    {
        DurableDirectory.Create(directory);
        var temporary = DurableFile.TemporaryFor(Path.Combine(directory, "incoming"));
        try
        {
            string hash;
            long size;
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(file);
                file.Flush(flushToDisk: true);
                file.Position = 0;
                hash = Convert.ToHexStringLower(SHA256.HashData(file));
                size = file.Length;
            }

            var path = PathOf(hash);
            DurableDirectory.Create(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
            DurableDirectory.Sync(Path.GetDirectoryName(path)!);
            return (hash, size);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Whether there is a work product of this hash.</summary>
    public bool Has(string hash) => File.Exists(PathOf(hash));

    /// <summary>All of a work product as text.</summary>
    /// <exception cref="ArtifactDamagedException">The file is missing or not what was stored.</exception>
    public string ReadText(string hash) => Encoding.UTF8.GetString(ReadBytes(hash));

    /// <summary>All of a work product.</summary>
    /// <exception cref="ArtifactDamagedException">The file is missing or not what was stored.</exception>
    public byte[] ReadBytes(string hash)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(PathOf(hash));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactDamagedException($"The stored work product {hash} cannot be read: {e.Message}", e);
        }

        return Convert.ToHexStringLower(SHA256.HashData(content)) == hash
            ? content
            : throw new ArtifactDamagedException($"The stored work product {hash} is no longer what was stored.");
    }

    /// <summary>Where a work product is.</summary>
    public string PathOf(string hash) => Path.Combine(directory, hash[..2], hash);

    /// <summary>Whether the file is there as it should be. A damaged one is written again: saving acknowledges that it can be read.</summary>
    private static bool IsWhole(string path, string hash)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == hash;
    }
}

/// <summary>A stored work product is missing or not what was stored.</summary>
public sealed class ArtifactDamagedException(string message, Exception? inner = null) : Exception(message, inner);
