using System.CommandLine;
using Orchestrator.Front;
using Orchestrator.Host.Tools;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator snapshot</c>: what the publish step calls, so that a front can greet a client before the first backend serves.</summary>
internal static class SnapshotCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--output") { Description = "The directory that gets snapshot.json.", Required = true };
        var snapshot = new Command("snapshot", "Record what this build answers about itself (publishing does this by itself).") { output };
        snapshot.SetAction(async (parsed, cancellation) =>
        {
            var path = Path.Combine(parsed.GetValue(output)!, FrontOptions.SnapshotFile);
            var whole = await SelfPortrait.Record(cancellation);
            await File.WriteAllBytesAsync($"{path}.new", whole, cancellation);
            File.Move($"{path}.new", path, overwrite: true);   // a front may read it at this moment
            return 0;
        });
        return snapshot;
    }
}
