using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Actors.Templates;

namespace Orchestrator.Host.Tools.Templates;

internal sealed record TemplateProblemView(string Severity, string Template, int Line, int Column, string Message, string Hint)
{
    public static IReadOnlyList<TemplateProblemView>? Of(IEnumerable<TemplateProblem> problems) => TaskViews.NullIfEmpty(problems.Select(p =>
        new TemplateProblemView(p.IsError ? "error" : "warning", p.At.Source, p.At.Line, p.At.Column, p.Message, p.Hint)));
}

internal sealed record TemplateSavedView(string TemplateId, string Category, string Outcome, string File, IReadOnlyList<TemplateProblemView>? Problems);

internal sealed record TemplateRowView(
    string TemplateId, string Category, string? Name, string? Version, string? Description, int? Tasks, IReadOnlyList<string>? Tags, bool? Valid);

internal sealed record TemplateListView(int Total, IReadOnlyList<TemplateRowView> Templates, string? Cursor);

internal sealed record TemplateContentView(string TemplateId, string Category, string Content, int StartLine, int Lines, int TotalLines, int? NextLine);

internal sealed record TemplateVerdictView(
    bool Valid, int Errors, int Warnings, IReadOnlyList<TemplateProblemView>? Problems, int? Tasks, IReadOnlyList<string>? Parameters);

internal sealed record TemplateVerdictsView(
    int Checked, int Valid, int Invalid, IReadOnlyList<TemplateProblemView>? Problems, bool? More, string? Cursor);

internal sealed record TemplateParameterView(
    string Name, string Type, bool Required, string? Description, JsonElement? Default, string? Pattern, IReadOnlyList<JsonElement>? Allowed,
    double? Min, double? Max, int? MinLength, int? MaxLength)
{
    public static TemplateParameterView Of(TemplateParameter p) => new(
        p.Name, TemplateValues.NameOf(p.Type), p.Required, p.Description.Length == 0 ? null : p.Description,
        p.Default is null ? null : TemplateArguments.Json(p.Default), p.Pattern?.ToString(), p.Allowed?.Select(TemplateArguments.Json).ToList(),
        p.Range.Min, p.Range.Max, p.Length.Min, p.Length.Max);
}

internal sealed record TemplateInfoView(
    string TemplateId, string Category, bool Valid, string? Name, string? Version, string? Description, string? Author, string? Extends,
    string? EstimatedDuration, IReadOnlyList<string>? Tags, IReadOnlyList<TemplateParameterView>? Parameters, IReadOnlyList<TemplateTaskView>? Tasks,
    IReadOnlyList<TemplateProblemView>? Problems);

/// <summary>A task of a template, or the one that was created from it.</summary>
internal sealed record TemplateTaskView(
    string Ref, string? TaskId, string Title, string? SpecialistType, string? Below, IReadOnlyList<string>? DependsOn, bool? Ready);

internal sealed record TemplateInstanceView(
    string TemplateId, bool Created, string? TaskId, string Title, int Tasks, IReadOnlyList<TemplateTaskView> Planned, bool? More,
    IReadOnlyList<TemplateProblemView>? Problems);

internal sealed record TemplateGoneView(string TemplateId, string Category, bool Deleted);

internal sealed record TemplateInstalledView(
    string Category, IReadOnlyList<string>? Installed, IReadOnlyList<string>? Replaced, IReadOnlyList<string>? Unchanged, IReadOnlyList<string>? Kept);

internal sealed record TemplateInstallationView(
    int User, int Shared, int Builtin, TemplateCoverageView Library, TemplateCoverageView Examples, string Directory);

internal sealed record TemplateCoverageView(int Available, int Installed, IReadOnlyList<string>? Missing, IReadOnlyList<string>? Changed);

/// <summary>The results of the tools for templates, compiled ahead.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TemplateSavedView))]
[JsonSerializable(typeof(TemplateListView))]
[JsonSerializable(typeof(TemplateContentView))]
[JsonSerializable(typeof(TemplateVerdictView))]
[JsonSerializable(typeof(TemplateVerdictsView))]
[JsonSerializable(typeof(TemplateInfoView))]
[JsonSerializable(typeof(TemplateInstanceView))]
[JsonSerializable(typeof(TemplateGoneView))]
[JsonSerializable(typeof(TemplateInstalledView))]
[JsonSerializable(typeof(TemplateInstallationView))]
internal sealed partial class TemplateJson : JsonSerializerContext;
