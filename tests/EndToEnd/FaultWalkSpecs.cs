using System.Globalization;
using Orchestrator.EndToEnd.Faults;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// A fault at each call by which a backend changes its files, from its start over one write to its end: what was acknowledged is there once, and the
/// next start serves. An ordinary run takes a few of the points; with FAULT_POINTS=all (tests/campaign.sh) every one.
/// </summary>
[Collection(Alone.Name), Trait("Category", "Faults")]
public class FaultWalkSpecs(ITestOutputHelper output)
{
    private static Task<IReadOnlyList<string>>? _calls;
    private static readonly bool Everywhere = Environment.GetEnvironmentVariable("FAULT_POINTS") == "all";

    [SkippableTheory, InlineData("any", "kill", 4), InlineData("write", "torn", 1), InlineData("sync", "eio", 2), InlineData("write", "enospc", 2)]
    public async Task A_fault_at_any_change_of_a_file_loses_nothing_that_was_acknowledged(string operation, string harm, int sample)
    {
        var isLasting = harm is "eio" or "enospc";   // a disk that fails or is full stays so
        var total = await Count(operation);
        var (tried, acknowledged) = (0, 0);
        foreach (var point in Points(total, sample))
        {
            await using var workspace = Given();
            var plan = string.Create(CultureInfo.InvariantCulture, $"{operation}:{point}{(isLasting ? "+" : "")}:{harm}");
            var run = new FaultyRun(workspace, plan);
            await run.Play();
            if (run.Fired is null)
            {
                // The calls of two runs differ by a few; only at the very end may a point not be reached.
                Assert.True(point > total * 0.8, $"{plan} has not fired in {run.Calls.Count} calls; {total} were expected.");
                break;
            }

            tried++;
            acknowledged += run.IsAcknowledged ? 1 : 0;
        }

        Assert.True(tried > 0);
        output.WriteLine(
            $"{operation}:{harm}: {tried} of {total} points, each has fired; {acknowledged} writes were acknowledged, none is lost or there twice");
    }

    // In a full walk until it fires no more.
    private static IEnumerable<int> Points(int total, int sample) => Everywhere
        ? Enumerable.Range(1, int.MaxValue)
        : Enumerable.Range(0, sample).Select(i => 1 + (((2 * i) + 1) * total / (2 * sample)));

    private static async Task<int> Count(string operation) => FaultLibrary.Count(await (_calls ??= Undisturbed()), operation);

    // A run without a fault; once for all.
    private static async Task<IReadOnlyList<string>> Undisturbed()
    {
        await using var workspace = Given();
        var run = new FaultyRun(workspace, "none:0:none");
        await run.Play();
        Assert.True(run.IsAcknowledged && run.Fired is null);
        return run.Calls;
    }

    private static Workspace Given()
    {
        FaultLibrary.Require();
        return new Workspace();
    }
}
