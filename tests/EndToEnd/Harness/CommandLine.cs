namespace Orchestrator.EndToEnd.Harness;

/// <summary>One run of the program from a shell.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Out">What it printed.</param>
/// <param name="Error">What it said on standard error.</param>
internal sealed record CommandLine(int ExitCode, string Out, string Error)
{
    /// <summary>Runs the big program with these words, the workspace's data directory added.</summary>
    public static Task<CommandLine> Run(Workspace workspace, params string[] words) =>
        Execute(workspace, [.. workspace.Program.Host, .. words, "--data-dir", workspace.Data]);

    /// <summary>Runs a command line as it is.</summary>
    public static async Task<CommandLine> Execute(Workspace workspace, IReadOnlyList<string> command)
    {
        using var process = workspace.Start(command);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
        return new CommandLine(process.ExitCode, await output, await error);
    }
}
