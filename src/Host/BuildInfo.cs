using System.Reflection;

namespace Orchestrator.Host;

/// <summary>Which build this is.</summary>
internal static class BuildInfo
{
    /// <summary>The build, such as <c>0.1.0+3f2a</c>: what two processes of one build have in common.</summary>
    public static readonly string Build =
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The product's version, such as <c>0.1.0</c>.</summary>
    public static readonly string Version = Build.Split('+')[0];

    /// <summary>The folder that this build runs from.</summary>
    public static readonly string Folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    /// <summary>Whether one build is of a later version than another; of two with the same version neither is.</summary>
    public static bool IsNewer(string build, string than) => System.Version.TryParse(Number(build), out var one)
        && System.Version.TryParse(Number(than), out var other) && one > other;

    private static string Number(string build) => build.Split('+', '-')[0];
}
