using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>All the ways in which a client leaves: the front goes at once, whatever is open, and nothing stays behind but the backend.</summary>
public sealed class LeavingSpecs
{
    [SkippableTheory]
    [InlineData(Form.Relayed, "TERM"), InlineData(Form.Relayed, "INT"), InlineData(Form.Relayed, "HUP")]
    [InlineData(Form.Published, "TERM"), InlineData(Form.Published, "INT"), InlineData(Form.Published, "HUP")]
    public async Task A_signal_ends_a_front_that_waits_for_a_backend_that_does_not_answer(Form form, string signal)
    {
        await using var workspace = new Workspace(form);
        using var front = await WithACallInFlight(workspace);
        Processes.Signal(signal, front.Id);
        await front.WaitForExitAsync().WaitAsync(Until.Patience);
        if (form == Form.Published)
        {
            Assert.Equal(0, front.ExitCode);   // The big program's command line answers a signal with its number, as a shell would.
        }
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task The_end_of_its_input_ends_a_front_that_waits_for_a_backend_that_does_not_answer(Form form)
    {
        await using var workspace = new Workspace(form);
        using var front = await WithACallInFlight(workspace);
        front.StandardInput.Close();
        await front.WaitForExitAsync().WaitAsync(Until.Patience);
        Assert.Equal(0, front.ExitCode);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_client_that_closes_our_output_and_keeps_our_input_open_has_left(Form form)
    {
        await using var workspace = new Workspace(form);
        using var front = workspace.Start(workspace.FrontCommand);
        await front.StandardInput.WriteAsync("""{"jsonrpc":"2.0","id":1,"method":"ping"}""" + "\n");
        await front.StandardInput.FlushAsync();
        Assert.Contains("\"id\":1", await front.StandardOutput.ReadLineAsync().Soon("the answer"), StringComparison.Ordinal);
        front.StandardOutput.Close();
        await front.WaitForExitAsync().WaitAsync(Until.Patience);
        Assert.Equal(0, front.ExitCode);
    }

    private static async Task<Process> WithACallInFlight(Workspace workspace)
    {
        var client = await workspace.Connect();
        await client.Plan("there");
        await Processes.Stop(workspace.Backend()!.Value);
        var front = workspace.Start(workspace.FrontCommand);
        await front.StandardInput.WriteAsync(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"orchestrator_get_status"}}""" + "\n"
            + """{"jsonrpc":"2.0","id":2,"method":"ping"}""" + "\n");
        await front.StandardInput.FlushAsync();
        Assert.Contains("\"id\":2", await front.StandardOutput.ReadLineAsync().Soon("the ping"), StringComparison.Ordinal);
        return front;
    }
}
