using System.Text.Json.Nodes;
using Orchestrator.Host.Clients;

namespace Orchestrator.Host.Commands.Clients;

/// <summary>Shows what was done to clients, and turns it into an exit code.</summary>
internal static class ClientReport
{
    /// <summary>The verb's answer.</summary>
    public static int Show(Output output, string schema, IReadOnlyList<ClientOutcome> outcomes, bool dryRun)
    {
        foreach (var outcome in outcomes)
        {
            var what = (outcome.Action, dryRun) switch
            {
                (ClientAction.Added, true) => "would be added",
                (ClientAction.Updated, true) => "would be updated",
                (ClientAction.Removed, true) => "would be removed",
                (ClientAction.Restored, true) => "would get back its earlier entry",
                (ClientAction.Added, _) => "added",
                (ClientAction.Updated, _) => "updated",
                (ClientAction.Removed, _) => "removed",
                (ClientAction.Restored, _) => "has its earlier entry back",
                (ClientAction.Unchanged, _) => "nothing to do",
                _ => "left untouched",
            };
            output.Line($"{outcome.Client.Name}: {what}  {outcome.File}");
            if (outcome.Message is { } message)
            {
                output.Line($"  {message} {outcome.NextStep}");
            }

            if (outcome.Backup is { } backup)
            {
                output.Line($"  backup: {backup}");
            }

            if (outcome.Action is ClientAction.Added or ClientAction.Updated && !dryRun)
            {
                output.Line($"  {outcome.Client.After}");
            }
        }

        if (output.IsJson)
        {
            Output.Json(schema, new JsonObject
            {
                ["dry_run"] = dryRun,
                ["clients"] = new JsonArray([.. outcomes.Select(o => (JsonNode)new JsonObject
                {
                    ["client"] = o.Client.Id,
                    ["action"] = Name(o.Action),
                    ["file"] = o.File,
                    ["backup"] = o.Backup,
                    ["code"] = o.Action == ClientAction.LeftUntouched ? CommandErrorCode.ConfigLeftUntouched : null,
                    ["message"] = o.Message,
                    ["next_step"] = o.NextStep,
                })]),
            });
        }

        var failed = outcomes.Count(o => o.Action == ClientAction.LeftUntouched);
        return failed == 0 ? ExitCode.Done : failed == outcomes.Count ? ExitCode.Failed : ExitCode.Partly;
    }

    /// <summary><c>left_untouched</c> for <see cref="ClientAction.LeftUntouched"/>.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
