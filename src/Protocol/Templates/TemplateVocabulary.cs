namespace Orchestrator.Protocol.Templates;

/// <summary>Whose a template is. Where no category is named, the first of user, shared, builtin that holds the id is meant.</summary>
public enum TemplateCategory
{
    /// <summary>The user's own.</summary>
    User,
    /// <summary>The team's.</summary>
    Shared,
    /// <summary>Installed from the library that comes with the program; only the installation writes there.</summary>
    Builtin,
}

/// <summary>Limits on templates. Lengths are in UTF-16 code units.</summary>
public static class TemplateLimits
{
    /// <summary>Longest id.</summary>
    public const int Id = 64;
    /// <summary>Longest document.</summary>
    public const int Content = 100_000;
    /// <summary>Deepest nesting of objects and lists.</summary>
    public const int Depth = 32;
    /// <summary>Most members of an object.</summary>
    public const int Members = 1_000;
    /// <summary>Most elements of a list.</summary>
    public const int Elements = 1_000;
    /// <summary>Longest chain of <c>extends</c>.</summary>
    public const int Ancestors = 10;
    /// <summary>Most templates of one category.</summary>
    public const int PerCategory = 1_000;
    /// <summary>Longest pattern of a parameter.</summary>
    public const int Pattern = 500;
    /// <summary>Most problems that a validation reports.</summary>
    public const int Problems = 50;
}
