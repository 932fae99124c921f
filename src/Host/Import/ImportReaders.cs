using System.Text.Json;
using Orchestrator.Host.Commands;

namespace Orchestrator.Host.Import;

/// <summary>Which reader is for which source.</summary>
internal static class ImportReaders
{
    /// <summary>What <c>--from</c> may name.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string, ImportSource>> ByKind = new Dictionary<string, Func<string, ImportSource>>
    {
        ["orchestrator"] = ExportReader.Read,
        ["taskmaster"] = TaskMasterReader.Read,
        ["beads"] = BeadsReader.Read,
        ["backlog"] = BacklogReader.Read,
        ["markdown"] = MarkdownReader.Read,
        ["reference"] = ReferenceReader.Read,
    };

    /// <summary>Reads a source whose kind is named or recognised.</summary>
    /// <exception cref="CommandFailedException">It cannot be read.</exception>
    public static ImportSource Read(string path, string? kind)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new CommandFailedException(CommandErrorCode.ImportUnreadable, $"There is no {path}.", "Name a file or a folder.",
                ExitCode.NotFound);
        }

        try
        {
            return ByKind[kind ?? Recognise(path)](path);
        }
        catch (Exception e) when (
            e is JsonException or Microsoft.Data.Sqlite.SqliteException or InvalidOperationException or YamlDotNet.Core.YamlException
            or KeyNotFoundException or FormatException)
        {
            throw new CommandFailedException(
                CommandErrorCode.ImportUnreadable, $"{path} cannot be read as {kind ?? Recognise(path)}: {e.Message}",
                    "Name its kind with --from, or correct it.");
        }
    }

    private static string Recognise(string path) => Directory.Exists(path) ? "backlog" : Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".md" or ".markdown" => "markdown",
        ".db" or ".sqlite" or ".sqlite3" => "reference",
        ".jsonl" => File.ReadLines(path).FirstOrDefault(l => l.Length > 0)?.Contains("\"orchestrator-task/", StringComparison.Ordinal) == true
            ? "orchestrator" : "beads",
        ".json" => "taskmaster",
        _ => throw new CommandFailedException(
            CommandErrorCode.ImportUnreadable, $"What {path} is cannot be seen from its name.",
                $"Name its kind with --from: {string.Join(", ", ByKind.Keys)}.",
            ExitCode.Usage),
    };
}
