using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>Sessions by the TypeScript clients that most products embed, with a backend that dies in the middle; the Inspector's opinion.</summary>
public class NodeClientSpecs
{
    [SkippableTheory]
    [InlineData(Form.Relayed, "legacy.mjs"), InlineData(Form.Relayed, "modern.mjs")]
    [InlineData(Form.Published, "legacy.mjs"), InlineData(Form.Published, "modern.mjs")]
    public async Task A_session_by_a_typescript_client(Form form, string script)
    {
        await using var workspace = Given(form);
        var (code, output, errors) = await Run(workspace, [NodeTools.Node, NodeTools.Script(script), workspace.Data, .. workspace.FrontCommand]);
        Assert.True(code == 0, $"{output}\n{errors}");
        Assert.EndsWith("all as it should be\n", output, StringComparison.Ordinal);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task The_inspector_has_nothing_to_complain_about(Form form)
    {
        await using var workspace = Given(form);
        var inspector = NodeTools.Package(".bin/mcp-inspector");
        var (code, output, errors) = await Run(
            workspace, [inspector, "--cli", "--method", "tools/list", "--strict", "--", .. workspace.FrontCommand]);
        Assert.True(code == 0 && errors.Length == 0, $"{code}: {output}\n{errors}");
        using var answer = JsonDocument.Parse(output);
        Assert.Equal(9, answer.RootElement.List("tools").Count);
    }

    private static Workspace Given(Form form)
    {
        NodeTools.Require();
        return new Workspace(form);
    }

    private static async Task<(int Code, string Output, string Errors)> Run(Workspace workspace, IReadOnlyList<string> command)
    {
        using var process = workspace.Start(command);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
        return (process.ExitCode, await output, await errors);
    }
}
