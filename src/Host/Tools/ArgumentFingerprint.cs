using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Host.Tools;

/// <summary>
/// Whether two calls have the same arguments: the same values, in whatever order and spelling a client writes them. What is null counts as left out.
/// </summary>
internal sealed class ArgumentFingerprint : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>64 hex digits.</summary>
    /// <param name="arguments">The arguments of a call.</param>
    /// <param name="except">The one that does not count.</param>
    public static string Of(IEnumerable<KeyValuePair<string, JsonElement>>? arguments, string except)
    {
        using var fingerprint = new ArgumentFingerprint();
        fingerprint.Add((arguments ?? []).Where(a => a.Key != except));
        return Convert.ToHexStringLower(fingerprint._hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Add(IEnumerable<KeyValuePair<string, JsonElement>> members)
    {
        Mark('{', 0);
        foreach (var (name, value) in members.Where(m => m.Value.ValueKind != JsonValueKind.Null).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            Add(name);
            Add(value);
        }

        Mark('}', 0);
    }

    private void Add(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                // Of a name that stands there twice the last value counts, as it does when the arguments are read.
                Add(value.EnumerateObject().GroupBy(m => m.Name).Select(g => KeyValuePair.Create(g.Key, g.Last().Value)));
                break;
            case JsonValueKind.Array:
                Mark('[', value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                {
                    Add(item);
                }

                break;
            case JsonValueKind.String:
                Add(value.GetString()!);
                break;
            default:
                Mark('=', 0);
                Add(value.GetRawText());
                break;
        }
    }

    private void Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Mark('"', bytes.Length);
        _hash.AppendData(bytes);
    }

    // With its length before it, no text can be taken for another one and the beginning of the next.
    private void Mark(char kind, int length)
    {
        Span<byte> mark = stackalloc byte[5];
        mark[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(mark[1..], length);
        _hash.AppendData(mark);
    }
}
