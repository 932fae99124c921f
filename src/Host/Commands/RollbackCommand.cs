using System.CommandLine;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator rollback</c></summary>
internal static class RollbackCommand
{
    public static Command Create(Func<ParseResult, DataDirectory> locate)
    {
        var withSchema = new Option<bool>("--with-schema")
        {
            Description = "Take the last migration of the database back, too, after a backup; what only the newer schema holds is in the backup alone.",
        };
        var command = new Command("rollback", "Let the version serve again that served before; the server says so when its schema does not allow it.") { withSchema };
        command.SetAction(async (parsed, cancellation) =>
        {
            var location = locate(parsed);
            var restarts = await ServerCall.Restarts(location, cancellation);
            var last = restarts.FirstOrDefault(r => r.GetProperty("success").GetBoolean() && Text(r, "folder_before") != Text(r, "folder_after"));
            if (last.ValueKind == System.Text.Json.JsonValueKind.Undefined || Text(last, "folder_before") is not { } before)
            {
                await Console.Error.WriteLineAsync("orchestrator: No other version has served this data directory. Use upgrade --to FOLDER.");
                return 1;
            }

            if (OwnProgram.In(before) is null)
            {
                await Console.Error.WriteLineAsync($"orchestrator: {Text(last, "version_before")} is no longer in {before}. Install it there again, or use upgrade --to FOLDER.");
                return 1;
            }

            var reason = parsed.GetValue(withSchema) ? RestartReasons.RollbackWithSchema : RestartReasons.Rollback;
            return await ServerCall.Restart(location, before, new() { ["reason"] = reason }, cancellation);
        });
        return command;
    }

    private static string? Text(System.Text.Json.JsonElement restart, string name) => restart.TryGetProperty(name, out var value) ? value.GetString() : null;
}
