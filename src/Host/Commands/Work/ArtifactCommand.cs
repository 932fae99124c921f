using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Commands.Work;

/// <summary><c>orchestrator artifact</c>: stored work products.</summary>
internal static class ArtifactCommand
{
    private static readonly Argument<string> Id = new("artifact") { Description = "The work product's id." };
    private static readonly Option<string?> OfTask = new("--task") { Description = "Only those of this task." };
    private static readonly Option<string> Target =
        new("--output", "-o") { Description = "The file that gets it; it must not exist.", Required = true };

    public static Command Create() => Verb.Group(
        "artifact", "Look at stored work products.",
        Verb.Create("list", "Work products, with their tasks.", List, OfTask),
        Verb.Create("show", "One work product, on standard output.", Show, Id),
        Verb.Create("export", "One work product, into a file.", Export, Id, Target));

    private static int List(ParseResult parsed, Output output)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var tasks = parsed.GetValue(OfTask) is { } task ? [work.Row(task).TaskId] : work.All().ConvertAll(t => t.TaskId);
        var found = tasks.Chunk(500).SelectMany(some => work.Index.Artifacts(some)).ToList();
        output.Table(["artifact", "task", "type", "bytes", "by", "summary"], found.Select(a => new[]
        {
            a.Artifact.ArtifactId.Value, a.TaskId.Value, Vocabulary.ArtifactKinds[a.Artifact.Kind], $"{a.Artifact.Size}", a.By, a.Artifact.Summary,
        }));
        if (output.IsJson)
        {
            Output.Json("artifacts/1", new JsonObject { ["artifacts"] = new JsonArray([.. found.Select(Node)]) });
        }

        return ExitCode.Done;
    }

    private static int Show(ParseResult parsed, Output output)
    {
        var (artifact, bytes) = Read(parsed);
        if (output.IsJson)
        {
            Output.Json("artifact/1", new JsonObject { ["artifact"] = Node(artifact), ["text"] = System.Text.Encoding.UTF8.GetString(bytes) });
            return ExitCode.Done;
        }

        using var standard = Console.OpenStandardOutput();
        standard.Write(bytes);
        return ExitCode.Done;
    }

    private static int Export(ParseResult parsed, Output output)
    {
        var (artifact, bytes) = Read(parsed);
        var target = Path.GetFullPath(parsed.GetValue(Target)!);
        using (var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        output.Line($"{artifact.Artifact.ArtifactId}: {bytes.Length} bytes in {target}");
        if (output.IsJson)
        {
            Output.Json("artifact-export/1", new JsonObject { ["artifact"] = Node(artifact), ["file"] = target });
        }

        return ExitCode.Done;
    }

    private static (ArtifactRow Artifact, byte[] Bytes) Read(ParseResult parsed)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var id = parsed.GetValue(Id)!;
        var artifact = work.Index.Artifact(new ArtifactId(id)) ?? throw new CommandFailedException(
            RefusalCode.ArtifactNotFound, $"There is no artifact {id}.", "'orchestrator artifact list' shows them.", ExitCode.NotFound);
        try
        {
            return (artifact, work.Artifacts.ReadBytes(artifact.Artifact.Sha256));
        }
        catch (ArtifactDamagedException e)
        {
            throw new CommandFailedException(
                RefusalCode.ArtifactDamaged, e.Message, $"Put {work.Artifacts.PathOf(artifact.Artifact.Sha256)} back from a backup.");
        }
    }

    private static JsonNode Node(ArtifactRow row) => JsonSerializer.SerializeToNode(TaskViews.Of(row), ToolJson.Default.ArtifactView)!;
}
