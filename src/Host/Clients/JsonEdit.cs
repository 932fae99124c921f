namespace Orchestrator.Host.Clients;

/// <summary>Puts a member into an object of a JSON text, or takes one out, and touches nothing else.</summary>
internal static class JsonEdit
{
    /// <summary>The step by which this text indents; two blanks when it does not.</summary>
    public static string Step(string text, JsonPlace root)
    {
        if (root.Members.Count == 0)
        {
            return "  ";
        }

        var first = root.Members[0].Start;
        var line = text.LastIndexOf('\n', first) + 1;
        return line > root.Start && text[line..first] is { Length: > 0 } blanks && string.IsNullOrWhiteSpace(blanks) ? blanks : "  ";
    }

    /// <summary>Adds a member behind the last one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">The object in it.</param>
    /// <param name="step">One step of indentation.</param>
    /// <param name="newLine">The line ending.</param>
    /// <param name="write">Writes the member for an indentation.</param>
    public static string Add(string text, JsonPlace target, string step, string newLine, Func<string, string> write)
    {
        var outer = Indent(text, target.Start);
        if (target.Members.Count == 0)
        {
            var inside = text[(target.Start + 1)..(target.End - 1)].TrimEnd();   // comments, if anything
            return $"{text[..(target.Start + 1)]}{inside}{newLine}{outer}{step}{write(outer + step)}{newLine}{outer}{text[(target.End - 1)..]}";
        }

        var first = target.Members[0].Start;
        var ownLines = text[(target.Start + 1)..first].Contains('\n', StringComparison.Ordinal);
        var indent = ownLines ? Indent(text, first) : outer + step;
        var last = target.Members[^1].Value.End;
        var comma = Comma(text, last, target.End - 1);
        var behind = EndOfRemark(text, comma < 0 ? last : comma + 1, target.End - 1);
        var tail = text[behind..];
        var gap = ownLines ? "" : $"{newLine}{outer}";
        return comma < 0
            ? $"{text[..last]},{text[last..behind]}{newLine}{indent}{write(indent)}{gap}{(ownLines ? tail : tail.TrimStart(' '))}"
            : $"{text[..behind]}{newLine}{indent}{write(indent)}{gap}{tail}";
    }

    /// <summary>Takes a member out, with the comma that goes with it.</summary>
    public static string Remove(string text, JsonPlace target, JsonMember member)
    {
        var index = target.Members.ToList().IndexOf(member);
        var start = member.Start;
        while (char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        var own = Comma(text, member.Value.End, target.End - 1);
        var end = own < 0 ? member.Value.End : own + 1;
        var without = text[..start] + text[end..];
        if (target.Members.Count == 1)
        {
            var inside = text[(target.Start + 1)..start] + text[end..(target.End - 1)];
            return string.IsNullOrWhiteSpace(inside) ? text[..(target.Start + 1)] + text[(target.End - 1)..] : without;
        }

        if (index < target.Members.Count - 1 || own >= 0)
        {
            return without;
        }

        var before = Comma(text, target.Members[index - 1].Value.End, start);
        return text[..before] + text[(before + 1)..start] + text[end..];
    }

    private static string Indent(string text, int at)
    {
        var start = text.LastIndexOf('\n', Math.Max(at - 1, 0)) + 1;
        var end = start;
        while (end < text.Length && text[end] is ' ' or '\t')
        {
            end++;
        }

        return at < start ? "" : text[start..end];
    }

    // The comma behind a value, past blanks and comments; -1 when the object ends first.
    private static int Comma(string text, int from, int end)
    {
        for (var at = from; at < end; at++)
        {
            if (text[at] == ',')
            {
                return at;
            }

            at = Comment(text, at) is { } behind ? behind - 1 : at;
        }

        return -1;
    }

    // A comment on the same line belongs to what stands before it.
    private static int EndOfRemark(string text, int from, int end)
    {
        var behind = from;
        for (var at = from; at < end && text[at] is not ('\r' or '\n'); at++)
        {
            if (Comment(text, at) is { } after)
            {
                behind = after;
                at = after - 1;
            }
        }

        return Math.Min(behind, end);
    }

    private static int? Comment(string text, int at)
    {
        if (at + 1 >= text.Length || text[at] != '/')
        {
            return null;
        }

        if (text[at + 1] == '/')
        {
            var end = text.AsSpan(at).IndexOfAny('\r', '\n');
            return end < 0 ? text.Length : at + end;
        }

        return text[at + 1] == '*' ? text.IndexOf("*/", at + 2, StringComparison.Ordinal) + 2 : null;
    }
}
