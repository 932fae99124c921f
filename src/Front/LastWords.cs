using System.Text;

namespace Orchestrator.Front;

/// <summary>What a backend that ended at once has left in its log: for whoever waits, it says more than an exit code.</summary>
internal sealed class LastWords
{
    private const int Longest = 400;
    private const int Searched = 16 * 1024;

    private readonly string _log;
    private readonly long _start;

    private LastWords(string log, long start) => (_log, _start) = (log, start);

    /// <summary>Remembers how much stands in the log before a backend is started.</summary>
    public static LastWords Mark(string log) => new(log, new FileInfo(log) is { Exists: true } file ? file.Length : 0);

    /// <summary>The first line written since; null when there is none. What follows it is mostly a trace.</summary>
    public string? Find()
    {
        try
        {
            using var file = File.OpenHandle(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[Searched];
            var start = _start > RandomAccess.GetLength(file) ? 0 : _start;   // it may have been begun anew
            var text = Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, start));
            foreach (var line in text.Split('\n'))
            {
                if (Plain(line) is { Length: > 0 } words)
                {
                    return words.Length <= Longest ? words : $"{words[..Longest]}...";
                }
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Then the exit code must do.
        }

        return null;
    }

    private static string Plain(string line) => string.Concat(line.Where(c => !char.IsControl(c))).Trim();
}
