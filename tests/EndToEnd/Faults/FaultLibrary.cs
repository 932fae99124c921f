using System.Diagnostics;

namespace Orchestrator.EndToEnd.Faults;

/// <summary>
/// faults.c, loaded into a process before everything else: it counts the calls that change files below one path, and does harm at the chosen one.
/// Compiled once for all tests of this run; without a C compiler they are skipped.
/// </summary>
internal static class FaultLibrary
{
    private static readonly Lazy<string?> Compiled = new(Compile);

    /// <summary>Skips the test when there is no C compiler.</summary>
    public static void Require() => Skip.If(Compiled.Value is null, "gcc is not installed: the fault library cannot be compiled.");

    /// <summary>What stands before the command line of a process that is harmed as <paramref name="plan"/> says, such as <c>any:90:kill</c>.</summary>
    /// <param name="below">Files whose path holds this text are counted.</param>
    /// <param name="plan">What happens, and when; null for nothing.</param>
    /// <param name="list">A file that gets a line for every call.</param>
    /// <param name="fired">A file that gets a line when it happened.</param>
    public static IReadOnlyList<string> Prefix(string below, string? plan, string? list = null, string? fired = null)
    {
        Require();
        return
        [
            "/usr/bin/env", $"LD_PRELOAD={Compiled.Value}", $"FAULT_DIR={below}", .. Set("FAULT_PLAN", plan), .. Set("FAULT_LIST", list),
            .. Set("FAULT_FIRED", fired),
        ];
    }

    /// <summary>How many of the calls in a list are of a kind: any, write, sync, truncate, unlink or rename.</summary>
    public static int Count(IEnumerable<string> list, string operation) =>
        list.Count(call => operation == "any" || call.Split(' ')[1] == operation);

    private static string[] Set(string name, string? value) => value is null ? [] : [$"{name}={value}"];

    private static string? Compile()
    {
        var source = System.IO.Path.Join(Harness.TestedProgram.Root, "tests/EndToEnd/Faults/faults.c");
        var library = System.IO.Path.Join(AppContext.BaseDirectory, "faults.so");
        try
        {
            var start = new ProcessStartInfo("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, source, "-lpthread"])
            {
                RedirectStandardError = true,
            };
            using var gcc = Process.Start(start)!;
            var errors = gcc.StandardError.ReadToEnd();
            gcc.WaitForExit();
            return gcc.ExitCode == 0 ? library : throw new InvalidOperationException(errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
