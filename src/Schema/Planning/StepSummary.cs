namespace Orchestrator.Schema.Planning;

/// <summary>Steps in one line each, for people.</summary>
internal static class StepSummary
{
    public static string Of(SchemaStep step) => step switch
    {
        CreateTable s => $"create table {s.Wanted.Name}",
        DropTable s => $"drop table {s.Found.Name}",
        RenameTable s => $"rename table {s.From} to {s.To}",
        RenameColumn s => $"rename column {s.Table}.{s.From} to {s.To}",
        AddColumn s => $"add column {s.Table}.{s.Column.Name}",
        DropColumn s => $"drop column {s.Table}.{s.Column.Name}",
        SetNotNull s => $"{s.Table}.{s.Column.Name} refuses NULL",
        DropNotNull s => $"{s.Table}.{s.Column.Name} allows NULL",
        AddCheck s => $"check {s.Table}: {s.Check.Expression}",
        DropCheck s => $"no longer check {s.Table}: {s.Check.Expression}",
        CreateObject s => $"create {s.Wanted.Kind.ToLowerInvariant()} {s.Wanted.Name}",
        DropObject s => $"drop {s.Found.Kind.ToLowerInvariant()} {s.Found.Name}",
        AlterColumn s => $"change column {s.Table}.{s.Wanted.Name}: {TableDifference.Reason(s.Found, s.Wanted)}",
        AddConstraint s => $"constrain {s.Table}: {s.Constraint.Definition}",
        DropConstraint s => $"no longer constrain {s.Table}: {s.Constraint.Definition}",
        SetComment s => $"comment on {s.Table}{(s.Change.Column is null ? "" : $".{s.Change.Column}")}",
        ReplaceObject s => $"replace {s.Wanted.Kind.ToLowerInvariant()} {s.Wanted.Name}",
        ExtendType s => $"extend type {s.Wanted.Name}",
        RebuildTable s => $"rebuild table {s.Wanted.Name}: {string.Join("; ", s.Because)}",
        _ => throw new InvalidOperationException($"{step} is unknown."),
    };
}
