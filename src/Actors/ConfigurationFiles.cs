using Akka.Configuration;

namespace Orchestrator.Actors;

/// <summary>What an operator may have written into a file, and where it is wrong.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="What">What is wrong there.</param>
public sealed record ConfigurationFault(string Path, int Line, int Column, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}, line {Line}, column {Column}: {What}";
}

/// <summary>The files beside the program that an operator may change.</summary>
public static class ConfigurationFiles
{
    /// <summary>Where they are.</summary>
    public static string Folder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "hocon");

    /// <summary>The first thing that is wrong in any of them; null when they can be read. Values of the wrong kind are found by whoever uses them.</summary>
    public static ConfigurationFault? Check() => Check(Folder);

    /// <summary>As the other, in another folder.</summary>
    public static ConfigurationFault? Check(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.conf").Order(StringComparer.Ordinal))
        {
            if (CheckText(path, File.ReadAllText(path)) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>A value of <c>orchestrator.conf</c> as it is written there now; null when there is none, or when the files cannot be read.</summary>
    public static string? Setting(string key) =>
        Directory.Exists(Folder) && Check() is null && System.IO.File.Exists(System.IO.Path.Combine(Folder, "orchestrator.conf"))
            ? Read("orchestrator.conf").GetString(key)
            : null;

    internal static Config Read(string name) => ConfigurationFactory.ParseString(File.ReadAllText(System.IO.Path.Combine(Folder, name)));

    // The parser says what it misses, but not where; brackets and quotes are what hands get wrong.
    private static ConfigurationFault? CheckText(string path, string text)
    {
        var open = new Stack<(char Bracket, int Line, int Column)>();
        var (line, column) = (1, 0);
        for (var i = 0; i < text.Length; i++)
        {
            column++;
            switch (text[i])
            {
                case '\n':
                    (line, column) = (line + 1, 0);
                    break;
                case '#':
                case '/' when i + 1 < text.Length && text[i + 1] == '/':
                    i = text.IndexOf('\n', i) is var end and >= 0 ? end - 1 : text.Length;
                    break;
                case '"':
                    if (EndOfQuote(text, i) is not { } close)
                    {
                        return new ConfigurationFault(path, line, column, "this quote is not closed on its line");
                    }

                    (column, i) = (column + close - i, close);
                    break;
                case '{' or '[':
                    open.Push((text[i], line, column));
                    break;
                case '}' or ']' when !open.TryPop(out var opened) || opened.Bracket != (text[i] == '}' ? '{' : '['):
                    return new ConfigurationFault(path, line, column, $"this '{text[i]}' closes nothing");
            }
        }

        if (open.TryPop(out var left))
        {
            return new ConfigurationFault(path, left.Line, left.Column, $"this '{left.Bracket}' is never closed");
        }

        try
        {
            ConfigurationFactory.ParseString(text);
            return null;
        }
        catch (Exception e)
        {
            return new ConfigurationFault(path, line, column, e.Message);
        }
    }

    private static int? EndOfQuote(string text, int start)
    {
        if (string.CompareOrdinal(text, start, "\"\"\"", 0, 3) == 0)
        {
            return text.IndexOf("\"\"\"", start + 3, StringComparison.Ordinal) is var triple and >= 0 ? triple + 2 : null;
        }

        for (var i = start + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i;
            }
        }

        return null;
    }
}
