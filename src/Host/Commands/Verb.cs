using System.CommandLine;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Locations;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Commands;

/// <summary>What all verbs for people have in common: <c>--json</c>, and how they fail.</summary>
internal static class Verb
{
    /// <summary><c>--json</c></summary>
    public static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output (docs/cli.md)." };

    /// <summary>A verb.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">One line for the help.</param>
    /// <param name="run">Does it and returns the exit code.</param>
    /// <param name="symbols">Its options, arguments and verbs below it.</param>
    public static Command Create(
        string name, string description, Func<ParseResult, Output, CancellationToken, Task<int>> run, params Symbol[] symbols)
    {
        var command = Group(name, description, [Json, .. symbols]);
        command.SetAction((parsed, cancellation) => Guard(new Output(parsed.GetValue(Json)), o => run(parsed, o, cancellation)));
        return command;
    }

    /// <summary>As the other, for what needs no waiting.</summary>
    public static Command Create(string name, string description, Func<ParseResult, Output, int> run, params Symbol[] symbols) =>
        Create(name, description, (parsed, output, _) => Task.FromResult(run(parsed, output)), symbols);

    /// <summary>A verb that only has verbs below it.</summary>
    public static Command Group(string name, string description, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option: command.Options.Add(option); break;
                case Argument argument: command.Arguments.Add(argument); break;
                case Command inner: command.Subcommands.Add(inner); break;
                default: throw new NotSupportedException($"No place for {symbol.GetType().Name}.");
            }
        }

        return command;
    }

    private static async Task<int> Guard(Output output, Func<Output, Task<int>> run)
    {
        try
        {
            return await run(output);
        }
        catch (CommandFailedException e)
        {
            output.Error(e.Code, e.Message, e.NextStep);
            return e.ExitCode;
        }
        catch (LocationException e)
        {
            output.Error(CommandErrorCode.LocationUnusable, e.Message, "");
            return ExitCode.Failed;
        }
        catch (RefusedException e)
        {
            output.Error(e.Refusal.Code, e.Refusal.Message, e.Refusal.NextStep);
            return ExitCode.Failed;
        }
        catch (StoreUnavailableException e)
        {
            output.Error(Protocol.RefusalCode.DatabaseUnavailable, e.Message, "Run: orchestrator doctor");
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.Error(CommandErrorCode.FileFailed, e.Message, "Check permissions and free space, then repeat the command.");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }
}
