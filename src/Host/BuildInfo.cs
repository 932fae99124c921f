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
}
