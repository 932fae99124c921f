using System.CommandLine;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator completion SHELL</c>: the script that asks this program what may come next.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print the completion script of bash, zsh or fish; docs/cli.md says where it goes.") { shell };
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
                local line="${COMP_LINE:0:COMP_POINT}"
                local rest="${line#* }"
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#rest}]" "${rest}" < /dev/null 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _orchestrator orchestrator

            """,
        "zsh" =>
            """
            _orchestrator() {
                local rest="${LBUFFER#* }"
                local -a found
                found=(${(f)"$("${words[1]}" "[suggest:${#rest}]" "${rest}" < /dev/null 2> /dev/null)"})
                if (( ${#found} )); then compadd -- $found; else _files; fi
            }
            compdef _orchestrator orchestrator

            """,
        _ =>
            """
            function __orchestrator_complete
                set -l rest (string replace -r '^\S+\s' '' -- (commandline -cp))
                set -l found (orchestrator "[suggest:"(string length -- "$rest")"]" "$rest" < /dev/null 2> /dev/null | string match -r '.+')
                if set -q found[1]
                    printf '%s\n' $found
                else
                    __fish_complete_path (commandline -ct)
                end
            end
            complete -c orchestrator -f -a '(__orchestrator_complete)'

            """,
    };
}
