using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Front;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var asked = CommandLine.Parse(arguments);
        if (asked.Error is not null)
        {
            return Say(Console.Error, $"orchestrator-front: {asked.Error}\n{CommandLine.Usage}", 2);
        }

        if (asked.Help || asked.Version)
        {
            return Say(Console.Out, asked.Help ? CommandLine.Usage : $"orchestrator-front {FrontProcess.Build}", 0);
        }

        if (FindBackend(AppContext.BaseDirectory) is not { } backend)
        {
            var missing = $"orchestrator-front: there is no backend (orchestrator) in {AppContext.BaseDirectory}. Install it there.";
            return Say(Console.Error, missing, 1);
        }

        Workers.Start();
        try
        {
            var location = DataDirectory.Resolve(asked.DataDirectory, asked.Workspace);
            var options = new FrontOptions(location, backend.Serving(location))
            {
                Profile = ToolProfiles.Resolve(asked.Profile),
            };
            return await FrontProcess.RunAsync(asked.MaxLine is { } maxLine ? options with { MaxLine = maxLine } : options);
        }
        catch (LocationException unusable)
        {
            return Say(Console.Error, $"orchestrator-front: {unusable.Message}", 1);
        }
        catch (FormatException unknown)
        {
            return Say(Console.Error, $"orchestrator-front: {unknown.Message}", 2);
        }
    }

    // Only what lies beside us: a relay that started whatever it was told to would be a way to run anything.
    private static BackendCommand? FindBackend(string directory)
    {
        var executable = Path.Join(directory, "orchestrator");
        var assembly = executable + ".dll";
        return File.Exists(executable) ? new BackendCommand(executable, [])
            : File.Exists(assembly) ? new BackendCommand("dotnet", [assembly])
            : null;
    }

    private static int Say(TextWriter where, string what, int code)
    {
        where.WriteLine(what);
        where.Flush();
        return code;
    }
}
