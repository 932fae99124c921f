using System.Reflection;

namespace Orchestrator.Host;

/// <summary>Which build this is.</summary>
internal static class BuildInfo
{
    /// <summary>The product's version, such as <c>0.1.0</c>.</summary>
    public static readonly string Version =
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
