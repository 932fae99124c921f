using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Backends;

/// <summary><c>orchestrator logs</c></summary>
internal static class LogsCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with what is written, until interrupted." };

    private static readonly Option<int> Lines = new("--lines", "-n") { Description = "How many lines to begin with.", DefaultValueFactory = _ => 50 };

    public static Command Create() => Verb.Create("logs", "Show what the backend wrote.", Run, Follow, Lines);

    private static async Task<int> Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        var path = RootCommands.Location(parsed).LogPath;
        if (!File.Exists(path))
        {
            throw new CommandFailedException(
                CommandErrorCode.NoLog, $"There is no log at {path} yet.", "A backend writes it when a client has started one.", ExitCode.NotFound);
        }

        var log = new LogReader(path);
        Show(output, log.Next().TakeLast(Math.Max(parsed.GetValue(Lines), 0)));
        if (parsed.GetValue(Follow))
        {
            using var ticks = new PeriodicTimer(LookEvery);
            try
            {
                while (await ticks.WaitForNextTickAsync(cancellation))
                {
                    Show(output, log.Next());
                }
            }
            catch (OperationCanceledException)
            {
                // That is how it ends.
            }
        }

        return ExitCode.Done;
    }

    private static void Show(Output output, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (output.IsJson)
            {
                Output.Json("log-line/1", new JsonObject { ["line"] = line });
            }
            else
            {
                output.Line(line);
            }
        }

        Console.Out.Flush();
    }

    /// <summary>The whole lines of a file that grows, and that is now and then replaced by a new one.</summary>
    private sealed class LogReader(string path)
    {
        private long _at;
        private string _rest = "";

        public List<string> Next()
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                if (file.Length < _at)
                {
                    (_at, _rest) = (0, "");   // begun anew
                }

                file.Position = _at;
                using var reader = new StreamReader(file);
                var lines = (_rest + reader.ReadToEnd()).Split('\n');
                _at = file.Position;
                _rest = lines[^1];
                return [.. lines[..^1]];
            }
            catch (FileNotFoundException)
            {
                return [];   // between two files
            }
        }
    }
}
