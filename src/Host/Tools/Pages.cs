namespace Orchestrator.Host.Tools;

/// <summary>Pages whose size in a reply is bounded as well as their number.</summary>
internal static class Pages
{
    /// <summary>How many of the items fit; at least one, so that a cursor gets on.</summary>
    public static int Fitting<T>(IReadOnlyList<T> items, Func<T, int> size)
    {
        var total = 0;
        var fitting = items.TakeWhile(i => (total += size(i)) <= TaskPages.MostCharacters).Count();
        return Math.Min(items.Count, Math.Max(fitting, 1));
    }

    /// <summary>A text of at most so many characters, with a mark where it was cut.</summary>
    public static string Cut(string text, int longest) => text.Length <= longest ? text : $"{text[..(longest - 3)]}...";
}
