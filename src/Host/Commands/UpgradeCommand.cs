using System.CommandLine;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator upgrade --to FOLDER</c></summary>
internal static class UpgradeCommand
{
    public static Command Create(Func<ParseResult, DataDirectory> locate)
    {
        var to = new Option<string>("--to") { Description = "The folder of the version that is to serve. Each version stays in a folder of its own.", Required = true };
        var command = new Command("upgrade", "Let another version serve; if it cannot, the running one goes on.") { to };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(to)!));
            if (OwnProgram.In(folder) is null)
            {
                await Console.Error.WriteLineAsync($"orchestrator: There is no orchestrator in {folder}. Name the folder that the version was published to.");
                return 1;
            }

            return await ServerCall.Restart(locate(parsed), folder, new() { ["reason"] = RestartReasons.Upgrade }, cancellation);
        });
        return command;
    }
}
