using System.Text;

namespace Orchestrator.Host.Import;

/// <summary>The text of a source. What is no UTF-8 in it is replaced, and named: it is not lost in silence.</summary>
internal static class SourceText
{
    /// <summary>All of it.</summary>
    public static string Read(string path, List<string> problems)
    {
        var bytes = File.ReadAllBytes(path);
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        var text = reader.ReadToEnd();
        if (reader.CurrentEncoding is UTF8Encoding && Broken(bytes) is { } at)
        {
            problems.Add($"{Path.GetFileName(path)}: byte {at} is no UTF-8; what is none became \ufffd");
        }

        return text;
    }

    /// <summary>Its lines.</summary>
    public static IEnumerable<string> Lines(string path, List<string> problems)
    {
        using var reader = new StringReader(Read(path, problems));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static long? Broken(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return at;
            }

            at += length;
        }

        return null;
    }
}
