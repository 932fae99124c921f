using System.Collections.Frozen;
using System.Reflection;

namespace Orchestrator.Actors.Templates;

/// <summary>The templates that come with the program. They are data of this assembly, and read only when somebody asks for them.</summary>
public static class TemplateLibrary
{
    private const string Prefix = "templates/";

    /// <summary>The library by id, with the category that an installation can be limited to.</summary>
    public static readonly FrozenDictionary<string, string> Categories = new Dictionary<string, string>
    {
        ["software_project_setup"] = "development",
        ["feature_development_workflow"] = "development",
        ["market_research_analysis"] = "research",
        ["content_creation_workflow"] = "creative",
        ["design_project_workflow"] = "creative",
        ["project_planning_template"] = "business",
        ["orchestrator_feature_development"] = "self_development",
    }.ToFrozenDictionary();

    /// <summary>The examples, those that others extend first.</summary>
    public static readonly IReadOnlyList<string> Examples =
        ["basic_project_setup", "code_review_process", "bug_investigation", "research_base", "market_research"];

    /// <summary>A template of the library or of the examples.</summary>
    public static string Content(string id)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Prefix}{id}.json5")
            ?? throw new ArgumentException($"The library has no template '{id}'.", nameof(id));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
