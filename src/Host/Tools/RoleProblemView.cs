using Orchestrator.Actors.Roles;

namespace Orchestrator.Host.Tools;

/// <summary>A file of roles that has no effect, and where to correct it.</summary>
internal sealed record RoleProblemView(string File, long Line, long Column, string Message)
{
    /// <summary>The first of them; null when there are none.</summary>
    public static IReadOnlyList<RoleProblemView>? Of(RoleLibrary roles, int most) => TaskViews.NullIfEmpty(
        roles.Problems.Take(most).Select(p => new RoleProblemView(p.File, p.Line, p.Column, Pages.Cut(p.Message, 500))));
}
