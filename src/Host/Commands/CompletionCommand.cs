using System.CommandLine;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator completion SHELL</c>: the script that asks this program what may come next.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print the completion script of a shell: source <(orchestrator completion bash)") { shell };
        command.SetAction(parsed =>
        {
            Console.Out.Write(Script(parsed.GetValue(shell)!));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Script(string shell) => shell switch
    {
        "bash" =>
            """
            _orchestrator() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" < /dev/null 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _orchestrator orchestrator

            """,
        "zsh" =>
            """
            _orchestrator() {
                local -a found
                found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" < /dev/null 2> /dev/null)}")
                compadd -- $found
            }
            compdef _orchestrator orchestrator

            """,
        _ =>
            """
            complete -c orchestrator -f -a '(orchestrator "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) < /dev/null 2> /dev/null)'

            """,
    };
}
