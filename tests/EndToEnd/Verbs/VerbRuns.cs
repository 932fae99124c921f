using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Verbs;

/// <summary>The real program's verbs in a workspace, and the one object that they answer with.</summary>
internal static class VerbRuns
{
    /// <summary>Runs a verb to its end.</summary>
    public static Task<CommandLine> Run(this Workspace workspace, params string[] words) =>
        CommandLine.Execute(workspace, [.. workspace.Program.Host, .. words, "--data-dir", workspace.Data, "--workspace", workspace.Project]);

    /// <summary>The one object of <c>--json</c>, whose schema must be this one.</summary>
    public static JsonElement Json(this CommandLine run, string schema)
    {
        Assert.True(run.Out.Length > 0, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(schema, json.RootElement.Text("schema"));
        return json.RootElement.Clone();
    }
}
