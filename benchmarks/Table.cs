using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>A small table for people: the first column is text, the others are aligned to the right.</summary>
internal sealed class Table(string title, params IReadOnlyList<string> header)
{
    private readonly List<IReadOnlyList<string>> _rows = [header];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    public void Print()
    {
        var widths = Enumerable.Range(0, header.Count).Select(column => _rows.Max(r => r[column].Length)).ToList();
        Console.WriteLine($"\n{title}");
        foreach (var row in _rows)
        {
            Console.WriteLine("  " + string.Join("  ", row.Select((c, i) => i == 0 ? c.PadRight(widths[i]) : c.PadLeft(widths[i]))).TrimEnd());
        }
    }

    public static string Ms(double milliseconds) => milliseconds.ToString("0.00", CultureInfo.InvariantCulture);

    public static string Whole(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + "x";

    public static string Verdict(bool met) => met ? "met" : "MISSED";
}
