using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate history</c>: what was done to the database, oldest first.</summary>
internal static class MigrateHistory
{
    public static Command Create(MigrateOptions options)
    {
        var json = new Option<bool>("--json") { Description = "Print everything that is known of each, its SQL among it." };
        var history = new Command("history", "Print what was done to the database, oldest first.") { json };
        options.Act(history, needsWanted: false, (parsed, target) =>
        {
            target.MustExist();
            var rows = target.Upgrade().History();
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize([.. rows.Select(HistoryView.Of)], PlanJson.Default.IReadOnlyListHistoryView));
            }
            else
            {
                Console.WriteLine(rows.Count == 0 ? "No history." : string.Join('\n', rows.Select(Line)));
            }

            return Task.FromResult(MigrateExit.Done);
        });
        return history;
    }

    /// <summary>One migration in one line.</summary>
    public static string Line(MigrationRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Version,3}  {row.StartedAt}  {row.Status,-11}  {row.DurationMs,6} ms  {row.Program.Split('+')[0]}  {row.Name}"
        + $"{(row.Backup is null ? "" : $"  backup {row.Backup}")}{(row.Reason is null ? "" : $"  because: {row.Reason}")}");
}

/// <summary>One migration as JSON.</summary>
internal sealed record HistoryView(
    long Version, string Name, string Status, int? SchemaVersion, string StartedAt, long DurationMs, string Who, string Host, string Program,
    string? Backup,
    string? BackupSha256, string? Reason, IReadOnlyList<HistoryStepView> Steps)
{
    public static HistoryView Of(MigrationRow row) => new(
        row.Version, row.Name, row.Status, row.CodeVersion, row.StartedAt, row.DurationMs, row.Who, row.Host, row.Program,
        row.Backup, row.BackupHash, row.Reason,
        [.. row.Steps.Select(s => new HistoryStepView(s.Summary, s.Sql, s.Undo, s.Rows, s.Ms))]);
}

/// <summary>One step of it.</summary>
internal sealed record HistoryStepView(string Summary, IReadOnlyList<string> Sql, IReadOnlyList<string> Undo, long Rows, long Ms);
