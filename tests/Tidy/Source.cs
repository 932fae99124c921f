using System.Runtime.CompilerServices;

namespace Orchestrator.Tidy.Tests;

/// <summary>The files of the repository, as somebody reads them who checks a clone.</summary>
internal static class Source
{
    public static readonly string Root = FindRoot();

    public static IEnumerable<string> Code(string folder = "src") => Files(folder, "*.cs");

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"))
            .Order(StringComparer.Ordinal);

    public static string Name(string file) => Path.GetRelativePath(Root, file);

    /// <summary>The lines that match, as <c>file:line</c>.</summary>
    public static IEnumerable<string> Lines(IEnumerable<string> files, Func<string, bool> matches) =>
        from file in files
        from line in File.ReadLines(file).Select((text, number) => (text, number))
        where matches(line.text)
        select $"{Name(file)}:{line.number + 1}";

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../..")) is var guess && File.Exists(Path.Combine(guess, "Orchestrator.sln"))
            ? guess
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
