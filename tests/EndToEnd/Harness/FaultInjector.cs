using System.Diagnostics;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>
/// tests/Faults/orcf.c, loaded into a process before everything else: it counts the calls that change files below one path, and does harm at the
/// chosen one. It is compiled here, once; where there is no C compiler or no Linux its tests are skipped.
/// </summary>
internal static class FaultInjector
{
    private static readonly Lazy<string?> Library = new(Build);

    /// <summary>The environment of a process that is harmed as <paramref name="plan"/> says, such as <c>any:90:kill</c>.</summary>
    /// <param name="below">Files whose path holds this text are counted.</param>
    /// <param name="plan">What happens, and when; null for nothing.</param>
    /// <param name="log">Where each change is recorded; null for nowhere.</param>
    public static IReadOnlyList<string> Prefix(string below, string? plan, string? log = null)
    {
        Skip.If(Library.Value is null, "There is no gcc to compile tests/Faults/orcf.c with.");
        return
        [
            "/usr/bin/env", $"LD_PRELOAD={Library.Value}", $"ORCF_MATCH={below}", .. plan is null ? Array.Empty<string>() : [$"ORCF_PLAN={plan}"],
            .. log is null ? Array.Empty<string>() : [$"ORCF_LOG={log}"],
        ];
    }

    /// <summary>How many changes a log has recorded: all, or those by one call (pwrite, fsync).</summary>
    public static int Count(string log, string call)
    {
        using var reader = new BinaryReader(File.OpenRead(log));
        var count = 0;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var kind = reader.ReadByte();
            var path = reader.ReadUInt32();
            reader.BaseStream.Seek(path + 8, SeekOrigin.Current);
            var length = (long)reader.ReadUInt64();
            reader.BaseStream.Seek(kind is Write or Rename ? length : 0, SeekOrigin.Current);
            count += call == "any" || kind == (call == "fsync" ? Sync : Write) ? 1 : 0;
        }

        return count;
    }

    private const byte Write = 1;
    private const byte Sync = 2;
    private const byte Rename = 5;

    private static string? Build()
    {
        var target = Path.Join(AppContext.BaseDirectory, "orcf.so");
        try
        {
            using var compiler = Process.Start(
                "gcc",
                ["-O2", "-shared", "-fPIC", "-w", "-o", target, Path.Join(TestedProgram.Root, "tests/Faults/orcf.c"), "-ldl", "-lpthread"]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? target : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
