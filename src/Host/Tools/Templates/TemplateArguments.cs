using System.Text.Json;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Arguments that the tools for templates share, and their refusals.</summary>
internal static class TemplateArguments
{
    /// <summary>The words for the categories.</summary>
    public static readonly Vocabulary<TemplateCategory> Categories = new(Enum.GetValues<TemplateCategory>());

    /// <summary>The source of parameters in positions.</summary>
    public const string Parameters = "parameters";

    /// <summary>The id of a template; nothing else ever becomes part of a path.</summary>
    public static string Id(ToolArguments arguments)
    {
        var id = arguments.RequiredText("template_id", 200, TextRule.OneLine);
        return TemplateNames.IsTemplateId(id)
            ? id
            : throw arguments.Invalid(
                "template_id", $"must be at most {TemplateLimits.Id} letters, digits, _ and -, and begin with a letter or digit",
                "Take an id from template_list, or choose another name.");
    }

    /// <summary>A category that may be written to.</summary>
    public static TemplateCategory Writable(ToolArguments arguments, TemplateCategory otherwise = TemplateCategory.User)
    {
        var category = arguments.Word("category", Categories) ?? otherwise;
        return category != TemplateCategory.Builtin
            ? category
            : throw arguments.Invalid("category", "builtin is written by template_install_default_library alone", "Use user or shared.");
    }

    /// <summary>A document.</summary>
    public static string Content(ToolArguments arguments) => arguments.RequiredText("template_content", TemplateLimits.Content, TextRule.Prose);

    /// <summary>The values for a template's parameters.</summary>
    public static Json5Object Values(ToolArguments arguments)
    {
        try
        {
            return (Json5Object)Json5.Parse(Parameters, arguments.ObjectText(Parameters, TemplateLimits.Content) ?? "{}");
        }
        catch (Json5Exception e)
        {
            throw arguments.Invalid(Parameters, $"cannot be used: {e.Message}", "Correct the value.");
        }
    }

    /// <summary>A stored template.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static StoredTemplate Load(ToolCall call, string id, TemplateCategory? category) =>
        call.Storage.Templates.Store.Load(id, category) ?? throw new RefusedException(NotFound(id, category));

    public static Refusal NotFound(string id, TemplateCategory? category) => new(
        RefusalCode.TemplateNotFound, $"There is no template '{id}'{(category is { } c ? $" in {Categories[c]}" : "")}.",
        "See template_list; template_install_default_library and template_install_examples install those that come with the program.");

    /// <summary>The first problems as one refusal, each with its place.</summary>
    public static RefusedException Refuse(string what, IReadOnlyList<TemplateProblem> problems)
    {
        const int Shown = 5;
        var errors = problems.Where(p => p.IsError).ToList();
        var code = errors.TrueForAll(e => e.At.Source == Parameters) ? RefusalCode.ValidationFailed : RefusalCode.TemplateInvalid;
        var list = string.Join(" ", errors.Take(Shown).Select(e => e.At.Source == Parameters ? e.Message : $"{e.At}: {e.Message}"));
        return new RefusedException(new Refusal(
            code, $"{what} {list}{(errors.Count > Shown ? $" And {errors.Count - Shown} more; see template_validate." : "")}", errors[0].Hint));
    }

    public static JsonElement Json(Json5Value value)
    {
        using var document = JsonDocument.Parse(value.ToJson());
        return document.RootElement.Clone();
    }
}
