using System.Text.RegularExpressions;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>
/// A restart of the same build puts not one extra byte on a client's standard output: one script is played with kills and without, and both runs
/// print the same lines. Answers to calls that are open together may come in any order; ids, claims and times differ between any two runs and have
/// one length each, so they are masked byte by byte.
/// </summary>
public partial class TranscriptSpecs
{
    [SkippableTheory]
    [InlineData(Form.Relayed, RawClient.Latest), InlineData(Form.Relayed, RawClient.Modern)]
    [InlineData(Form.Published, RawClient.Latest), InlineData(Form.Published, RawClient.Modern)]
    public async Task A_run_with_kills_prints_what_a_run_without_prints(Form form, string protocol)
    {
        var undisturbed = await Play(form, protocol, kills: false);
        var killed = await Play(form, protocol, kills: true);
        var (without, with) = (Counted(undisturbed), Counted(killed));
        Assert.True(
            without.SetEquals(with),
            $"Only without kills:\n{string.Join('\n', without.Except(with))}\nOnly with kills:\n{string.Join('\n', with.Except(without))}");
        Assert.Equal(undisturbed.Sum(l => l.Length), killed.Sum(l => l.Length));
    }

    private static async Task<IReadOnlyList<string>> Play(Form form, string protocol, bool kills)
    {
        await using var workspace = new Workspace(form)
        {
            MoreVariables = new Dictionary<string, string?> { ["ORCHESTRATOR_TEST_TOOLS"] = "1" },
        };
        using var client = new Script(workspace.Start(workspace.FrontCommand), protocol);
        var isModern = protocol == RawClient.Modern;
        await client.Open();
        if (isModern)
        {
            await client.Begin("subscriptions/listen", """{"notifications":{"toolsListChanged":true}}""");
            await client.Line("notifications/subscriptions/acknowledged");
        }
        else
        {
            await client.Answer(await client.Begin("logging/setLevel", """{"level":"warning"}"""));
        }

        await client.Answer(await client.Begin("tools/list", "{}"));
        var tasks = new List<string>();   // one for each of the notes that are open together: which comes first is nobody's promise
        for (var i = 1; i <= 3; i++)
        {
            var planned = await client.Answer(await client.Call("plan_task", $$"""{"title":"task {{i}}","description":"d"}"""));
            tasks.Add(planned.GetProperty("result").GetProperty("structuredContent").Text("task_id"));
        }

        for (var round = 1; round <= 3; round++)
        {
            // In flight when the backend dies: a slow call that has reported progress, a question that the person has open, writes, reads.
            var slow = await client.Call("test_rehearse", """{"milliseconds":600,"steps":6}""", progress: true);
            var asking = await client.Call("test_rehearse", $$"""{"ask":"question {{round}}"}""");
            var writes = new List<int>();
            foreach (var task in tasks)
            {
                writes.Add(await client.Call("update_task", $$"""{"task_id":"{{task}}","note":"note {{round}}"}"""));
            }

            writes.Add(await client.Call("plan_task", $$"""{"title":"plan {{round}}","description":"d"}"""));
            writes.Add(await client.Call("get_artifact", """{"artifact_id":"art_0000000000000"}"""));
            writes.Add(await client.Begin("no/such/method", "{}"));
            await client.Line("notifications/progress", slow);
            if (kills)
            {
                await workspace.KillBackend();
            }

            await client.AnswerQuestion(asking, $"question {round}");
            foreach (var id in writes.Append(slow).Append(asking))
            {
                await client.Answer(id);
            }
        }

        await client.Answer(await client.Begin("tools/list", "{}"));
        await client.Close();
        return client.Lines;
    }

    private static HashSet<(string Line, int Times)> Counted(IReadOnlyList<string> lines) => [.. lines.CountBy(Masked).Select(l => (l.Key, l.Value))];

    private static string Masked(string line) => Differing().Replace(line, m => new string('#', m.Length));

    [GeneratedRegex("""(task|art|ses)_[0-9a-z]{13}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|(?<="id":"g)\d+-\d+""")]
    private static partial Regex Differing();
}
