using Orchestrator.Actors.Templates;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Brings templates that come with the program into a category.</summary>
internal static class TemplateInstallation
{
    public static TemplateInstalledView Install(ToolCall call, IEnumerable<string> ids, TemplateCategory category, bool overwrite)
    {
        var store = call.Storage.Templates.Store;
        var done = ids.Select(id => (Id: id, Saved: store.Save(category, id, TemplateLibrary.Content(id), overwrite))).ToList();
        return new TemplateInstalledView(
            TemplateArguments.Categories[category], Those(TemplateSaved.Created), Those(TemplateSaved.Replaced), Those(TemplateSaved.Unchanged),
            TaskViews.NullIfEmpty(done.Where(d => d.Saved is TemplateSaved.Exists or TemplateSaved.Full).Select(d => d.Id)));

        IReadOnlyList<string>? Those(TemplateSaved saved) => TaskViews.NullIfEmpty(done.Where(d => d.Saved == saved).Select(d => d.Id));
    }

    public static TemplateCoverageView Coverage(TemplateStore store, IReadOnlyCollection<string> ids, params TemplateCategory[] categories)
    {
        var found = ids.ToDictionary(id => id, id => categories.Select(c => store.Load(id, c)).FirstOrDefault(t => t is not null));
        return new TemplateCoverageView(
            ids.Count, found.Values.Count(t => t is not null), TaskViews.NullIfEmpty(found.Where(f => f.Value is null).Select(f => f.Key).Order()),
            TaskViews.NullIfEmpty(found.Where(f => f.Value is { } t && t.Content != TemplateLibrary.Content(f.Key)).Select(f => f.Key).Order()));
    }

    public static string Line(TemplateInstalledView v) =>
        $"{v.Installed?.Count ?? 0} installed, {v.Replaced?.Count ?? 0} replaced, {v.Unchanged?.Count ?? 0} unchanged"
        + (v.Kept is null ? "." : $"; {v.Kept.Count} of yours were kept (overwrite true replaces them).");
}
