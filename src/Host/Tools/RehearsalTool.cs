using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Orchestrator.Host.Tools;

/// <summary>
/// For tests of what lies between a client and its backend: takes its time, reports progress, asks the person. It touches no data. It is there
/// only when the backend is started with ORCHESTRATOR_TEST_TOOLS=1; nobody else can list or call it.
/// </summary>
internal sealed class RehearsalTool : McpServerTool
{
    private const string Question = "answer";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>True when this process is to have it.</summary>
    public static bool IsWanted { get; } = Environment.GetEnvironmentVariable("ORCHESTRATOR_TEST_TOOLS") == "1";

    /// <inheritdoc/>
    public override Tool ProtocolTool { get; } = new()
    {
        Name = "orchestrator_test_rehearse",
        Description = "For tests: takes its time, reports progress, asks a question.",
        Annotations = new ToolAnnotations { ReadOnlyHint = true, OpenWorldHint = false },
        InputSchema = JsonElement.Parse(
            """{"type":"object","properties":{"milliseconds":{"type":"integer"},"steps":{"type":"integer"},"ask":{"type":"string"}}}"""),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<object> Metadata => [];

    /// <inheritdoc/>
    public override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        var (time, steps) = (TimeSpan.FromMilliseconds(Number(request, "milliseconds")), Math.Max(1, Number(request, "steps")));
        var answer = Answer(request);   // asked first, so that what follows is done once
        time = time < Longest ? time : Longest;
        for (var step = 1; step <= steps; step++)
        {
            await Task.Delay(time / steps, cancellationToken);
            if (request.Params?.ProgressToken is { } token)
            {
                await request.Server.NotifyProgressAsync(
                    token, new ProgressNotificationValue { Progress = step, Total = steps }, cancellationToken: cancellationToken);
            }
        }

        var facts = new JsonObject { ["steps"] = steps, ["answer"] = answer };
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = string.Create(CultureInfo.InvariantCulture, $"{steps} steps.") }],
            StructuredContent = JsonElement.Parse(facts.ToJsonString()),
        };
    }

    // Clients with a handshake get a question, the others a result that requires an answer: the SDK knows which.
    private static string? Answer(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params?.Arguments?.TryGetValue("ask", out var ask) != true)
        {
            return null;
        }

        if (request.Params.InputResponses?.TryGetValue(Question, out var response) == true)
        {
            return response.Deserialize(InputResponse.ElicitResultJsonTypeInfo)?.Content?.TryGetValue("answer", out var text) == true
                ? text.GetString()
                : null;
        }

        var question = new ElicitRequestParams { Message = ask.GetString() ?? "", RequestedSchema = new() };
        question.RequestedSchema.Properties["answer"] = new ElicitRequestParams.StringSchema();
        throw new InputRequiredException(new Dictionary<string, InputRequest> { [Question] = InputRequest.ForElicitation(question) }, "rehearsal");
    }

    private static int Number(RequestContext<CallToolRequestParams> request, string name) =>
        request.Params?.Arguments?.TryGetValue(name, out var value) == true && value.TryGetInt32(out var number) ? number : 0;
}
