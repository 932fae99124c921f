using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.CommandLine;

/// <summary>What a verb did.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record Ran(int ExitCode, string Output, string Error)
{
    /// <summary>The one object of <c>--json</c>, whose schema must be this one.</summary>
    public JsonElement Json(string schema)
    {
        using var json = JsonDocument.Parse(Output);
        Assert.Equal(schema, json.RootElement.Text("schema"));
        return json.RootElement.Clone();
    }
}

/// <summary>The real program at a terminal that is none: its verbs in a workspace.</summary>
internal static class CommandLineOf
{
    /// <summary>Runs a verb to its end.</summary>
    public static async Task<Ran> Run(this Workspace workspace, params string[] arguments)
    {
        using var process = workspace.Start(
            [.. workspace.Program.Host, .. arguments, "--data-dir", workspace.Data, "--workspace", workspace.Project]);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
        return new Ran(process.ExitCode, await output, await error);
    }
}
