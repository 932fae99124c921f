using System.Diagnostics;

namespace Orchestrator.EndToEnd.Faults;

/// <summary>faults.c, compiled once for all tests of this run.</summary>
internal static class FaultLibrary
{
    private static readonly Lazy<string?> Compiled = new(Compile);

    /// <summary>The library's path; skips the test when there is no C compiler.</summary>
    public static string Path
    {
        get
        {
            Skip.If(Compiled.Value is null, "gcc is not installed: the fault library cannot be compiled.");
            return Compiled.Value!;
        }
    }

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
