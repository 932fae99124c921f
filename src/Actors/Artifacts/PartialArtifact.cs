using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Actors.Artifacts;

/// <summary>What is to become of a work product that comes in pieces.</summary>
/// <param name="TaskId">The task that it is for.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Next">What its maker wants to happen when it is whole.</param>
/// <param name="Summary">One paragraph.</param>
/// <param name="Files">Paths it touched.</param>
/// <param name="Claim">The claim it is made under.</param>
/// <param name="By">Who began it.</param>
public sealed record PartialHeader(
    string TaskId, string Kind, string Next, string Summary, IReadOnlyList<string> Files, string? Claim, string By);

/// <summary>How far a work product has come.</summary>
/// <param name="Bytes">Bytes that are on disk.</param>
/// <param name="Sha256">Their hash, 64 lower-case hex digits.</param>
/// <param name="Pieces">How many pieces they came in.</param>
/// <param name="At">When the last one came.</param>
public sealed record PartialStanding(long Bytes, string Sha256, int Pieces, DateTimeOffset At);

/// <summary>
/// One file of a work product in pieces: records, each with its length and its hash, appended and synced one by one. A record that is not whole was
/// never acknowledged and is cut off; one that is whole and wrong, with more behind it, is damage.
/// </summary>
internal sealed class PartialFile
{
    // Length of the record and its SHA-256.
    private const int Overhead = sizeof(int) + SHA256.HashSizeInBytes;
    private const int LongestRecord = 160 * 1024 * 1024;

    private readonly string _path;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, PartialStanding> _after = [];

    private PartialFile(string path, PartialHeader header) => (_path, Header) = (path, header);

    public PartialHeader Header { get; }

    public PartialStanding Standing { get; private set; } = new(0, "", 0, DateTimeOffset.UnixEpoch);

    /// <summary>The key of the last piece.</summary>
    public string? LastKey { get; private set; }

    /// <summary>Where the last whole record ends.</summary>
    public long Length { get; private set; }

    /// <summary>The standing after a piece that came under this key; null when none did.</summary>
    public PartialStanding? After(string key) => _after.GetValueOrDefault(key);

    /// <summary>Begins a file; it holds nothing but its header.</summary>
    public static PartialFile Create(string path, PartialHeader header)
    {
        var file = new PartialFile(path, header);
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Length = Append(stream, JsonSerializer.SerializeToUtf8Bytes(header, PartialJson.Default.PartialHeader));
        }

        DurableDirectory.Sync(Path.GetDirectoryName(path)!);
        return file;
    }

    /// <summary>Reads a file and checks every byte; null when not even its header is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Where its content goes.</param>
    /// <exception cref="ArtifactDamagedException">A record in the middle is not what was written.</exception>
    public static PartialFile? Open(string path, Stream? content = null)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (Next(stream, path) is not { } first)
        {
            return null;
        }

        var file = new PartialFile(path, JsonSerializer.Deserialize(first, PartialJson.Default.PartialHeader)!) { Length = stream.Position };
        while (Next(stream, path) is { } record)
        {
            file.Take(record, content);
            file.Length = stream.Position;
        }

        return file;
    }

    /// <summary>Adds a piece; returns when it would survive a power cut.</summary>
    public PartialStanding Add(string key, ReadOnlySpan<byte> content, DateTimeOffset at)
    {
        var name = Encoding.UTF8.GetBytes(key);
        var record = new byte[sizeof(long) + 1 + name.Length + content.Length];
        BinaryPrimitives.WriteInt64LittleEndian(record, at.UtcTicks);
        record[sizeof(long)] = checked((byte)name.Length);
        name.CopyTo(record.AsSpan(sizeof(long) + 1));
        content.CopyTo(record.AsSpan(sizeof(long) + 1 + name.Length));
        using (var stream = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            stream.SetLength(Length);   // what a process left that died while it wrote
            stream.Position = Length;
            Length += Append(stream, record);
        }

        return Take(record, null);
    }

    private PartialStanding Take(ReadOnlySpan<byte> record, Stream? content)
    {
        var at = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(record), TimeSpan.Zero);
        var name = record[sizeof(long)];
        var piece = record[(sizeof(long) + 1 + name)..];
        content?.Write(piece);
        _hash.AppendData(piece);
        LastKey = Encoding.UTF8.GetString(record.Slice(sizeof(long) + 1, name));
        Standing = new PartialStanding(Standing.Bytes + piece.Length, Convert.ToHexStringLower(_hash.GetCurrentHash()), Standing.Pieces + 1, at);
        return _after[LastKey] = Standing;
    }

    private static int Append(FileStream stream, ReadOnlySpan<byte> record)
    {
        // One write, so that a full disk leaves at most one torn record at the end.
        var whole = new byte[Overhead + record.Length];
        BinaryPrimitives.WriteInt32LittleEndian(whole, record.Length);
        SHA256.HashData(record, whole.AsSpan(sizeof(int)));
        record.CopyTo(whole.AsSpan(Overhead));
        stream.Write(whole);
        stream.Flush(flushToDisk: true);
        return whole.Length;
    }

    private static byte[]? Next(FileStream stream, string path)
    {
        Span<byte> overhead = stackalloc byte[Overhead];
        if (stream.ReadAtLeast(overhead, Overhead, throwOnEndOfStream: false) < Overhead)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(overhead);
        if (length is < 0 or > LongestRecord || stream.Length - stream.Position < length)
        {
            return null;
        }

        var record = new byte[length];
        stream.ReadExactly(record);
        return SHA256.HashData(record).AsSpan().SequenceEqual(overhead[sizeof(int)..])
            ? record
            : stream.Position == stream.Length
                ? null   // a file can grow before its last bytes are there
                : throw new ArtifactDamagedException($"The work product in pieces {path} is no longer what was stored, at byte {stream.Position - length}.");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PartialHeader))]
[JsonSerializable(typeof(PartialEnd))]
internal sealed partial class PartialJson : JsonSerializerContext;

/// <summary>What is left of a work product in pieces once it is whole: under which key that was, so that a repeated call is known again.</summary>
public sealed record PartialEnd(PartialHeader Header, string Key, string Sha256, long Size, DateTimeOffset At);
