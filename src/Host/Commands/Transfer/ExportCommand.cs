using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Host.Commands.Work;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Commands.Transfer;

/// <summary><c>orchestrator export</c>: JSON lines, one task a line, in the order of their planning.</summary>
internal static class ExportCommand
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Argument<string?> Target =
        new("file") { Description = "Where to; else standard output.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> WithArtifacts =
        new("--artifacts") { Description = "With the work products themselves, not only their summaries." };

    public static Command Create() => Verb.Create("export", "Write all tasks as JSON lines.", Run, Target, WithArtifacts);

    private static int Run(ParseResult parsed, Output output)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var withArtifacts = parsed.GetValue(WithArtifacts);
        if (parsed.GetValue(Target) is not { } target)
        {
            using var standard = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
            Write(work, standard, withArtifacts);
            return ExitCode.Done;
        }

        // Whole or not at all.
        var path = Path.GetFullPath(target);
        var temporary = $"{path}.{Environment.ProcessId}.new";
        var count = 0;
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                using var writer = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true);
                count = Write(work, writer, withArtifacts);
                writer.Flush();
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        output.Line($"{count} tasks in {path}");
        if (output.IsJson)
        {
            Output.Json("export/1", new JsonObject { ["file"] = path, ["tasks"] = count });
        }

        return ExitCode.Done;
    }

    private static int Write(StoredWork work, TextWriter writer, bool withArtifacts)
    {
        var all = work.All();
        foreach (var row in all)
        {
            var details = work.Details(row.TaskId);
            var line = new JsonObject
            {
                ["schema"] = "orchestrator-task/1",
                ["store"] = work.Location.Identity,
                ["task"] = TasksCommand.Node(work.View(row))
            };
            if (line["task"]!["context"]?["stored_context"]?["artifact_id"] is JsonValue reference
                && reference.TryGetValue<string>(out var stored) && StoredContext.HashOf(stored) is { } hash)
            {
                line["task"]!["context"] = JsonNode.Parse(Read(work, hash));   // a large one is kept among the work products
            }

            if (details.Progress > 0)
            {
                line["progress"] = details.Progress;   // as reported; a parent's view counts its subtasks instead
            }

            if (withArtifacts && details.Artifacts.Count > 0)
            {
                line["contents"] = new JsonObject(
                    details.Artifacts.Select(a => KeyValuePair.Create(a.Artifact.ArtifactId.Value, (JsonNode?)Read(work, a.Artifact.Sha256))));
            }

            writer.Write(line.ToJsonString(Readable));
            writer.Write('\n');
        }

        return all.Count;
    }

    private static string Read(StoredWork work, string hash)
    {
        try
        {
            return work.Artifacts.ReadText(hash);
        }
        catch (ArtifactDamagedException e)
        {
            throw new CommandFailedException(RefusalCode.ArtifactDamaged, e.Message,
                "Run: orchestrator doctor. Without --artifacts the tasks themselves can be exported.");
        }
    }
}
