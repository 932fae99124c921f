using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Arguments that several tools share.</summary>
internal static class TaskArguments
{
    /// <summary>A role's name.</summary>
    public static string? Specialist(ToolArguments arguments)
    {
        var name = arguments.Text("specialist_type", TaskLimits.Name, TextRule.OneLine);
        return name is null || (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            ? name?.ToLowerInvariant()
            : throw arguments.Invalid("specialist_type", "must be a name of letters, digits, _ and -", "Use for example coder, tester or reviewer.");
    }

    /// <summary>The effort, under the reference's name as well.</summary>
    public static string? Effort(ToolArguments arguments)
    {
        var effort = arguments.Text("effort", TaskLimits.Name, TextRule.OneLine);
        return arguments.Text("estimated_effort", TaskLimits.Name, TextRule.OneLine) ?? effort;
    }

    /// <summary>Dependencies on tasks that exist; null when none are named.</summary>
    public static IReadOnlyList<Dependency>? Dependencies(ToolArguments arguments) => arguments.Has("dependencies")
        ? [.. arguments.Dependencies("dependencies").Select(d => new Dependency(ToolArguments.ToTask(d.On), d.Kind)).DistinctBy(d => d.On)]
        : null;
}
