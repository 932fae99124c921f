using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Host.Diagnosis;

namespace Orchestrator.Host.Commands.Work;

/// <summary><c>orchestrator tasks claim</c> and <c>release</c>: through the backend, as a client's calls are; one is started when none
/// runs.</summary>
internal static class ClaimCommands
{
    private static readonly Argument<string?> Best =
        new("task") { Description = "The task's id; else the best ready one.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Id = new("task") { Description = "The task's id." };
    private static readonly Option<int> Minutes = new("--minutes") { Description = "How long, 1 to 1440.", DefaultValueFactory = _ => 60 };
    private static readonly Option<string> Token = new("--claim") { Description = "The claim that 'claim' printed.", Required = true };
    private static readonly Option<string?> Note = new("--note") { Description = "Why." };

    public static Command Claim() => Verb.Create("claim", "Take a task, so that nobody else works on it.", async (parsed, output, cancellation) =>
    {
        var arguments = new JsonObject { ["lease_minutes"] = parsed.GetValue(Minutes) };
        if (parsed.GetValue(Best) is { } task)
        {
            arguments["task_id"] = task;
        }

        return Show(output, "claim/1", await Call(parsed, "execute_task", arguments, cancellation), r =>
            $"Claimed {r.GetProperty("task_id")}: {r.GetProperty("title")}\nclaim {r.GetProperty("claim")} until {r.GetProperty("lease_until")}");
    }, Best, Minutes);

    public static Command Release() => Verb.Create("release", "Give a claimed task back.", async (parsed, output, cancellation) =>
    {
        var arguments = new JsonObject { ["task_id"] = parsed.GetValue(Id), ["claim"] = parsed.GetValue(Token), ["status"] = "pending" };
        if (parsed.GetValue(Note) is { } note)
        {
            arguments["note"] = note;
        }

        return Show(output, "release/1", await Call(parsed, "update_task", arguments, cancellation), r =>
            $"{r.GetProperty("task_id")} is {r.GetProperty("status")}.");
    }, Id, Token, Note);

    private static async Task<JsonElement> Call(ParseResult parsed, string tool, JsonObject arguments, CancellationToken cancellation)
    {
        var location = RootCommands.Location(parsed);
        StoredWork.Open(location);   // a claim needs a task: without a store no backend is started
        await using var relay = await BackendClient.Start(location, cancellation);
        await using var client = await BackendClient.TryConnect(location, BackendClient.NewFront(), cancellation)
            ?? throw new IOException("The backend left at this moment. Repeat the command.");
        return await client.Call(tool, arguments, 1, cancellation);
    }

    private static int Show(Output output, string schema, JsonElement result, Func<JsonElement, string> text)
    {
        if (output.IsJson)
        {
            Output.Json(schema, new JsonObject { ["result"] = JsonNode.Parse(result.GetRawText()) });
        }
        else
        {
            output.Line(text(result));
        }

        return ExitCode.Done;
    }
}
