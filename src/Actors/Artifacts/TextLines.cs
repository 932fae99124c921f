namespace Orchestrator.Actors.Artifacts;

/// <summary>A range of lines of a text.</summary>
/// <param name="Text">The lines, with their line ends.</param>
/// <param name="First">Number of the first line, from 1.</param>
/// <param name="Count">How many lines <paramref name="Text"/> holds.</param>
/// <param name="Total">How many there are in all; a line end at the end of the text begins no further line.</param>
/// <param name="IsCut">Whether the last line was cut because it alone is over the limit.</param>
public sealed record TextLines(string Text, int First, int Count, int Total, bool IsCut)
{
    /// <summary>Takes lines from <paramref name="first"/> on:
    /// at most <paramref name="most"/>, and no more than fit into <paramref name="characters"/>.</summary>
    public static TextLines Of(string text, int first, int most, int characters)
    {
        int number = 0, start = -1, end = 0, count = 0;
        var full = false;
        for (var at = 0; at < text.Length;)
        {
            var feed = text.IndexOf('\n', at);
            var next = feed < 0 ? text.Length : feed + 1;
            number++;
            if (number >= first && count < most && !full)
            {
                start = start < 0 ? at : start;
                full = next - start > characters;
                if (!full)
                {
                    (end, count) = (next, count + 1);
                }
            }

            at = next;
        }

        var cut = full && count == 0;   // one line that is longer than everything allowed
        if (cut)
        {
            // Never in the middle of a surrogate pair, and never nothing: the reader must get on.
            var (cutAt, isInPair) = (start + characters, char.IsHighSurrogate(text[start + characters - 1]));
            end = !isInPair ? cutAt : characters > 1 ? cutAt - 1 : cutAt + 1;
            count = 1;
        }

        return new TextLines(start < 0 ? "" : text[start..end], first, count, number, cut);
    }
}
