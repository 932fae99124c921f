using Orchestrator.Host.Clients;
using Spectre.Console;

namespace Orchestrator.Host.Commands;

/// <summary>What a person sees who starts the program by hand: what it is, and what to do first.</summary>
internal static class Explanation
{
    public static int Print()
    {
        var here = KnownClients.All.Where(c => ClientMachine.This.IsPresent(c, null)).Select(c => c.Name).ToList();
        AnsiConsole.MarkupLineInterpolated($"[bold]Orchestrator {BuildInfo.Version}[/] keeps the plans, tasks and results of AI coding assistants.");
        AnsiConsole.WriteLine("An assistant starts it by itself, over stdio. Enter it into the configuration of your clients once:\n");
        var found = here.Count == 0 ? "no client was found here; name one with --client" : $"found here: {string.Join(", ", here)}";
        AnsiConsole.MarkupLineInterpolated($"  [bold]orchestrator install[/]     {found}\n");
        AnsiConsole.WriteLine("By hand, it is this command:\n");
        // Not wrapped: it is there to be copied.
        Console.WriteLine($"  {string.Join(' ', OwnProgram.ForClients.Arguments.Prepend(OwnProgram.ForClients.Executable))}\n");
        AnsiConsole.WriteLine("See it work:  orchestrator demo     Something is wrong:  orchestrator doctor     All verbs:  orchestrator --help");
        return ExitCode.Done;
    }
}
