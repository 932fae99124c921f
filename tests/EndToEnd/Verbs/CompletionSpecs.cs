using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Verbs;

/// <summary>What the shells themselves make of the scripts; a shell that is not here is skipped.</summary>
public class CompletionSpecs
{
    // Outside of an editor a shell has no line: the variables that it would set are set, and zsh's compadd prints.
    private static readonly Dictionary<string, string> Ask = new()
    {
        ["bash"] = """
            source <(orchestrator completion bash)
            COMP_LINE="$1" COMP_POINT=${#1} COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _orchestrator; printf '%s\n' "${COMPREPLY[@]}"
            """,
        ["zsh"] = """
            compdef() { }; _files() { print -l -- ${PREFIX}* }
            compadd() { shift; print -l -- ${(M)@:#${PREFIX}*} }
            source <(orchestrator completion zsh)
            LBUFFER="$1"; words=(${=1}); PREFIX=${words[-1]}; _orchestrator
            """,
        ["fish"] = "orchestrator completion fish | source; complete -C $argv[1] | string replace -r '\\t.*' ''; true",
    };

    [SkippableTheory, InlineData("bash"), InlineData("zsh"), InlineData("fish")]
    public async Task A_shell_completes_verbs_options_and_their_values(string shell)
    {
        await using var workspace = Given(shell);

        Assert.Equal(["status", "stop"], await Complete(workspace, shell, "orchestrator st"));
        Assert.Equal(["search", "show"], await Complete(workspace, shell, "orchestrator tasks s"));
        Assert.Equal(["--watch"], await Complete(workspace, shell, "orchestrator status --wa"));
        Assert.Contains("beads", await Complete(workspace, shell, "orchestrator import --from be"));
    }

    [SkippableTheory, InlineData("zsh"), InlineData("fish")]
    public async Task A_shell_completes_a_file_where_a_file_is_due(string shell)
    {
        await using var workspace = Given(shell);
        File.WriteAllText(Path.Join(workspace.Project, "unlike-any-option.jsonl"), "");

        Assert.Equal(["unlike-any-option.jsonl"], await Complete(workspace, shell, "orchestrator import unlike"));
    }

    private static Workspace Given(string shell)
    {
        Skip.IfNot(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(f => File.Exists(Path.Join(f, shell))), $"There is no {shell} here.");
        var workspace = new Workspace();
        var program = Path.Join(workspace.Root, "orchestrator");
        File.WriteAllText(program, $"#!/bin/sh\nexec {string.Join(' ', workspace.Program.Host.Select(w => $"'{w}'"))} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return workspace;
    }

    private static async Task<List<string>> Complete(Workspace workspace, string shell, string line)
    {
        // fish passes everything that follows its script to it; the others take the first word for the script's name.
        string[] words = shell == "fish" ? [line] : [shell, line];
        string[] quiet = shell switch { "zsh" => ["-f"], "bash" => ["--norc"], _ => ["--no-config"] };
        var run = await CommandLine.Execute(
            workspace, ["env", $"PATH={workspace.Root}:{Environment.GetEnvironmentVariable("PATH")}", shell, .. quiet, "-c", Ask[shell], .. words]);
        Assert.True(run.ExitCode == 0, $"{run.ExitCode} {run.Out} {run.Error}");
        return [.. run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)];
    }
}
