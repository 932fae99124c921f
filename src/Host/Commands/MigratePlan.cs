using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate plan</c>: exactly what apply would execute, and nothing is done.</summary>
internal static class MigratePlan
{
    public static Command Create(MigrateOptions options)
    {
        var sql = new Option<bool>("--sql") { Description = "Print the statements only." };
        var json = new Option<bool>("--json") { Description = "Print the steps with their SQL and undo as JSON." };
        var destructive = AllowDestructive();
        var plan = new Command("plan", "Print exactly what apply would execute; nothing is changed.") { sql, json, destructive };
        options.Act(plan, needsWanted: true, async (parsed, target) =>
        {
            var check = (parsed.GetValue(destructive) ? target.Destructive() : target).Upgrade().Check();
            var found = check switch
            {
                UpgradeNeeded needed => needed.Plan,
                UpToDate => new SchemaPlan([], [], [], []),
                _ => null,
            };
            var refusal = check as UpgradeRefusal;
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(PlanView.Of(found, refusal), PlanJson.Default.PlanView));
            }
            else if (found is not null)
            {
                (parsed.GetValue(sql) ? (Action<SchemaPlan>)PrintSql : Print)(found);
            }

            return refusal is null ? MigrateExit.Done : await MigrateOptions.Refuse(refusal);
        });
        return plan;
    }

    /// <summary>The option of plan and apply.</summary>
    public static Option<bool> AllowDestructive() => new("--allow-destructive")
    {
        Description = "Let columns go that are no longer wanted, with what they hold.",
    };

    private static void PrintSql(SchemaPlan plan)
    {
        foreach (var statement in plan.Steps.SelectMany(s => s.Sql))
        {
            Console.WriteLine($"{statement};");
        }
    }

    private static void Print(SchemaPlan plan)
    {
        Console.WriteLine(plan.Steps.Count == 0
            ? "Nothing to do."
            : string.Create(CultureInfo.InvariantCulture, $"{plan.Steps.Count} steps, in one transaction:"));
        for (var i = 0; i < plan.Steps.Count; i++)
        {
            var step = plan.Steps[i];
            string[] facts = [.. Facts(step)];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{i + 1,3}. {step.Summary}{(facts.Length > 0 ? $" ({string.Join(", ", facts)})" : "")}"));
            foreach (var statement in step.Sql)
            {
                Console.WriteLine($"       {statement.ReplaceLineEndings("\n       ")};");
            }
        }

        foreach (var note in plan.Notes)
        {
            Console.WriteLine($"note: {note}");
        }
    }

    private static IEnumerable<string> Facts(PlannedStep step)
    {
        if (step.Step.IsDestructive)
        {
            yield return "destructive";
        }

        if (step.Step.RewritesTable)
        {
            yield return "rewrites the table";
        }

        if (step.Rows > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{step.Rows} rows");
        }
    }
}

/// <summary>A plan as JSON.</summary>
internal sealed record PlanView(string? Checksum, IReadOnlyList<StepView> Steps, IReadOnlyList<string> Notes, PlanRefusal? Refusal)
{
    public static PlanView Of(SchemaPlan? plan, UpgradeRefusal? refusal) => new(
        plan?.Checksum,
        [.. (plan?.Steps ?? []).Select(s => new StepView(s.Summary, s.Sql, s.Undo, s.Step.IsDestructive, s.Step.RewritesTable, s.Rows))],
        plan?.Notes ?? [],
        refusal is null ? null : new PlanRefusal(refusal.Code, refusal.Reason, refusal.NextStep));
}

/// <summary>One step of it.</summary>
internal sealed record StepView(string Summary, IReadOnlyList<string> Sql, IReadOnlyList<string> Undo, bool Destructive, bool Rewrites, long Rows);

/// <summary>Why there is none.</summary>
internal sealed record PlanRefusal(string Code, string Reason, string NextStep);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(IReadOnlyList<HistoryView>))]
internal sealed partial class PlanJson : JsonSerializerContext;
