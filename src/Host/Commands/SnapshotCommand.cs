using System.CommandLine;
using Orchestrator.Front;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator snapshot</c>: what the publish step calls, so that a front can greet a client before the first backend serves.</summary>
internal static class SnapshotCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--output") { Description = "The directory that gets snapshot.json, and one more file for each other profile.", Required = true };
        var snapshot = new Command("snapshot", "Record what this build answers about itself (publishing does this by itself).") { output };
        snapshot.SetAction(async (parsed, cancellation) =>
        {
            foreach (var profile in ToolProfiles.All)
            {
                var path = Path.Combine(parsed.GetValue(output)!, FrontOptions.SnapshotFile(profile));
                var whole = await SelfPortrait.Record(profile, cancellation);
                await File.WriteAllBytesAsync($"{path}.new", whole, cancellation);
                File.Move($"{path}.new", path, overwrite: true);   // a front may read it at this moment
            }

            return 0;
        });
        return snapshot;
    }
}
