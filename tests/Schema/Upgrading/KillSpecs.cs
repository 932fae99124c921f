using System.Diagnostics;
using System.Globalization;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>
/// The same with kill -9: a child process migrates and ends itself, unwarned, before the k-th act. The child is this very
/// test assembly, run as a program.
/// </summary>
public sealed class KillSpecs
{
    [Fact]
    public void A_kill_at_every_act_leaves_the_old_or_the_new_database() => Holds(FaultCase.Sqlite, nameof(FaultCase.Sqlite));

    [SkippableFact]
    public void A_kill_at_every_act_leaves_the_old_or_the_new_schema_of_a_server() => Holds(FaultCase.Postgres, nameof(FaultCase.Postgres));

    private static void Holds(FaultCase it, string name)
    {
        var (old, @new, acts) = it.Reference();
        for (var k = 0; k < acts.Count; k++)
        {
            using var sandbox = it.Fresh();
            Kill(sandbox, name, k, acts[k]);
            Assert.Equal(acts[k] == "committed" ? @new : old, sandbox.Content());
            var next = sandbox.To(it.Wanted, FaultCase.Hints).Apply();
            Assert.True(next is Upgraded or NothingToDo, $"{acts[k]}: {next}");
            Assert.Equal(@new, sandbox.Content());
            Assert.Equal("", FaultCase.Leftovers(sandbox));
        }
    }

    private static void Kill(Sandbox sandbox, string name, int k, string act)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(KillWorker).Assembly.Location },
        };
        start.Environment[KillWorker.Where] = sandbox.Address;
        start.Environment[KillWorker.Which] = name;
        start.Environment[KillWorker.Backups] = (sandbox as SqliteSandbox)?.Options(null).BackupFolder;
        start.Environment[KillWorker.At] = k.ToString(CultureInfo.InvariantCulture);
        using var child = Process.Start(start)!;
        var reached = child.StandardOutput.ReadToEnd();
        Assert.True(child.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(137, child.ExitCode);
        Assert.EndsWith($"{act}\n", reached, StringComparison.Ordinal);
    }
}
