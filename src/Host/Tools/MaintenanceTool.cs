using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Maintenance;
using Orchestrator.Actors.Restarts;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Tools;

/// <summary>Looks after the store: what is stale, broken or to be let go of; whether the tables are right; documents for people.</summary>
internal sealed class MaintenanceTool(Gate gate, ILogger log) : OrchestratorTool<MaintenanceTool.Input>(
    gate, log, "orchestrator_maintenance_coordinator",
    "Find stale or orphaned work (validation_level comprehensive archives it), check the store, write documents, have the database tidied at the next restart.",
    Writes,
    """
    {"type":"object","properties":{"action":{"type":"string","enum":["scan_cleanup","validate_structure","update_documentation","prepare_handover","optimize_database"]},
    "budget_seconds":{"type":"integer"},"scope":{"type":"string"},
    "validation_level":{"type":"string"},"target_task_id":{"type":"string"},"session_id":{"type":"string"}},"required":["action"]}
    """)
{
    private const int Shown = 20;
    private const int CleanedAtOnce = 50;
    private const int UsualBudgetSeconds = 10;
    private static readonly Vocabulary<Action> Actions = new(Enum.GetValues<Action>());
    private static readonly Vocabulary<Scope> Scopes = new(Enum.GetValues<Scope>());
    private static readonly Vocabulary<Level> Levels = new(Enum.GetValues<Level>());

    protected override Input Bind(ToolArguments arguments)
    {
        var action = arguments.Word("action", Actions) ?? throw arguments.Invalid("action", "is missing", $"Use one of {Actions.All}.");
        var target = arguments.Task("target_task_id");
        var session = arguments.Text("session_id", 200, TextRule.OneLine) is { } id ? InitializeSessionTool.Known(id) : (SessionId?)null;
        var budget = arguments.Number("budget_seconds", 1, WindowState.LongestBudgetSeconds) ?? UsualBudgetSeconds;
        var scope = arguments.Word("scope", Scopes) ?? (target is not null ? Scope.SpecificSubtask : Scope.CurrentSession);
        return scope != Scope.SpecificSubtask || target is not null
            ? new Input(action, scope, arguments.Word("validation_level", Levels) ?? Level.Basic, target, session, budget)
            : throw arguments.Invalid("target_task_id", "is missing", "Name the task, or use the scope full_project.");
    }

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var (scope, about) = input.Action == Action.OptimizeDatabase ? (MaintenanceScope.Everything, "the database") : Resolve(input, call);
        var view = input.Action switch
        {
            Action.ScanCleanup => await Scan(input, call, scope, cancellation),
            Action.ValidateStructure => Validate(input, call),
            Action.OptimizeDatabase => await Optimize(input, call, cancellation),
            Action.UpdateDocumentation => Document(call, scope, about, "status.md", detailed: false),
            _ => Document(call, scope, about, "handover.md", detailed: true),
        };
        view = view with { Action = Actions[input.Action], Scope = about, ValidationLevel = Levels[input.Level] };
        return Answer($"{view.Action} of {about}: {view.Summary}", view, ToolJson.Default.MaintenanceView);
    }

    /// <summary>What is meant, and how to call it. Without a session, the one that this client used last; without any, everything.</summary>
    private static (MaintenanceScope Scope, string About) Resolve(Input input, ToolCall call)
    {
        switch (input.Scope)
        {
            case Scope.SpecificSubtask:
                _ = call.Row(input.Target!.Value);
                var below = call.Storage.Index.Below(input.Target.Value, 5_000);
                return (new MaintenanceScope(null, [input.Target.Value, .. below.Select(t => t.TaskId)]), $"{input.Target} and what is below it");
            case Scope.CurrentSession:
                var session = input.Session is { } named
                    ? SessionFacts.Row(call, named)
                    : call.Storage.Index.Sessions(includeClosed: false, null, 100).FirstOrDefault(s => s.OpenedBy == call.By);
                return session is null
                    ? (MaintenanceScope.Everything, "the whole project (no session was named)")
                    : (new MaintenanceScope(session.SessionId, null), $"session {session.SessionId}");
            default:
                return (MaintenanceScope.Everything, "the whole project");
        }
    }

    private static async Task<MaintenanceView> Scan(Input input, ToolCall call, MaintenanceScope scope, CancellationToken cancellation)
    {
        var (index, now) = (call.Storage.Maintenance, call.Storage.Clock.GetUtcNow());
        var cleaned = input.Level == Level.Basic ? [] : index.ArchivedBy(call.Key).Select(t => new CleanedView(t.TaskId.Value, "archived")).ToList();
        var kept = new List<KeptView>();
        if (input.Level != Level.Basic)
        {
            await Clean(input, call, scope, now, cleaned, kept, cancellation);
        }

        // Looked at after the cleaning, so that it tells what is left.
        var all = Findings.Scan(index, scope, now, Shown);
        var issues = all.SelectMany(f => f.First).OrderByDescending(f => f.Severity).Take(Shown * 2)
            .Select(f => new IssueView(f.Kind, f.Severity.ToString().ToLowerInvariant(), f.Task.TaskId.Value, f.Task.Title, f.Detail, f.Advice)).ToList();
        var found = all.Sum(f => f.Total);
        return new MaintenanceView
        {
            Summary = $"{found} issues, {cleaned.Count} items cleaned.",
            OperationsPerformed = [.. all.Select(f => $"looked for {f.Kind}"), .. input.Level == Level.Basic ? Array.Empty<string>() : ["cleaned"]],
            IssuesFound = found,
            IssuesByKind = all.ToDictionary(f => f.Kind, f => f.Total),
            Issues = TaskViews.NullIfEmpty(issues),
            ItemsCleaned = cleaned.Count,
            Cleaned = TaskViews.NullIfEmpty(cleaned.OrderBy(c => c.TaskId, StringComparer.Ordinal)),
            NotCleaned = TaskViews.NullIfEmpty(kept),
            Recommendations = Recommend(all, input.Level),
        };
    }

    private static async Task Clean(
        Input input, ToolCall call, MaintenanceScope scope, DateTimeOffset now, List<CleanedView> cleaned, List<KeptView> kept,
        CancellationToken cancellation)
    {
        var index = call.Storage.Maintenance;
        var broken = index.BrokenDependencies(scope, 1_000).First.Select(b => b.Task.TaskId).ToHashSet();
        var stale = index.Stale(scope, now, CleanedAtOnce * 2).First
            .Where(t => t.WaitingFor == 0 && !broken.Contains(t.TaskId))
            .Where(t => input.Level == Level.FullAudit || now - t.UpdatedAt > 2 * StaleLimits.For(t.Specialist))
            .Select(t => (t, ArchiveCause.Stale));
        var orphans = index.Orphans(scope, CleanedAtOnce).First.Where(t => t.Phase != TaskPhase.Archived).Select(t => (t, ArchiveCause.Orphaned));
        foreach (var (task, cause) in orphans.Concat(stale).DistinctBy(c => c.t.TaskId).Take(Math.Max(0, CleanedAtOnce - cleaned.Count)).ToList())
        {
            var reason = cause == ArchiveCause.Stale ? "Nobody has touched it for long." : "Its parent is gone.";
            await Send(new TaskCommands.Archive(task.TaskId, call.Key.Derive(task.TaskId.Value), call.By, reason, cause, false), "archived");
        }

        if (input.Level == Level.FullAudit)
        {
            foreach (var task in index.ExpiredArchives(scope, now, CleanedAtOnce).First)
            {
                await Send(new TaskCommands.Delete(task.TaskId, call.Key.Derive(task.TaskId.Value), call.By, "It was kept for its time.", false), "deleted");
            }
        }

        async Task Send(ITaskCommand command, string what)
        {
            switch (await call.Try(command, cancellation))
            {
                case TaskReplies.Accepted:
                    cleaned.Add(new CleanedView(command.TaskId.Value, what));
                    break;
                case TaskReplies.Refused { Refusal: var refusal } when kept.Count < Shown:
                    kept.Add(new KeptView(command.TaskId.Value, refusal.Code, Pages.Cut(refusal.Message, 300)));
                    break;
            }
        }
    }

    private static List<string> Recommend(IReadOnlyList<Findings> all, Level level)
    {
        var advice = new List<string>();
        foreach (var findings in all.Where(f => f.Total > 0))
        {
            advice.Add($"{findings.Total} {findings.Kind}: {findings.First[0].Advice}.");
        }

        if (all.Any(f => f.Total > 0) && level == Level.Basic)
        {
            advice.Add("validation_level comprehensive archives what is orphaned or overdue twice over (restorable); full_audit all that is stale, and deletes "
                + "expired archives.");
        }

        return advice;
    }

    private static MaintenanceView Validate(Input input, ToolCall call)
    {
        var checks = call.Storage.Maintenance.CheckStructure().ToList();
        if (input.Level != Level.Basic)
        {
            checks.Add(ArtifactCheck.Run(call.Storage, wholeContent: input.Level == Level.FullAudit));
        }

        if (input.Level == Level.FullAudit)
        {
            var problems = call.Storage.Roles.Problems;
            checks.Add(new StructureCheck("every file of roles can be read", 1, problems.Count, [.. problems.Take(10).Select(p => $"{p.File}:{p.Line}")]));
        }

        var wrong = checks.Sum(c => c.Wrong);
        return new MaintenanceView
        {
            Summary = $"{checks.Count} checks, {wrong} issues.",
            OperationsPerformed = [.. checks.Select(c => $"checked that {c.Name}")],
            IssuesFound = wrong,
            IssuesByKind = checks.Where(c => c.Wrong > 0).ToDictionary(c => c.Name, c => c.Wrong),
            Checks = [.. checks.Select(c => new CheckView(c.Name, c.Checked, c.Wrong, TaskViews.NullIfEmpty(c.Examples)))],
            Recommendations = wrong == 0 ? [] : ["The tables are derived from the journal: report this, and restart the backend with a later build that rebuilds them."],
        };
    }

    // What needs a moment without anybody is not done here: it is asked for, and the next planned restart does it.
    private static async Task<MaintenanceView> Optimize(Input input, ToolCall call, CancellationToken cancellation)
    {
        if (input.Level != Level.Basic)
        {
            WindowWork[] work = input.Level == Level.FullAudit
                ? [WindowWork.Compact, WindowWork.Retention, WindowWork.Vacuum]
                : [WindowWork.Compact, WindowWork.Retention];
            if (await call.Storage.Windows.Send(new WindowCommands.Ask(call.Key, call.By, new WindowWish(work, input.BudgetSeconds)), cancellation)
                is WindowReplies.Refused refused)
            {
                throw new RefusedException(refused.Refusal);
            }
        }

        var windows = await call.Storage.Windows.History(cancellation);
        var (pending, last) = (windows.LastOrDefault(w => w.Phase == WindowPhase.Pending), windows.LastOrDefault(w => w.Phase != WindowPhase.Pending));
        var upkeep = call.Storage.Upkeep;
        var space = upkeep.Space();
        var estimate = SqliteUpkeep.Expected(space, RestartWindow.MeasuredSpeed(windows)).TotalMilliseconds;
        var expired = call.Storage.Maintenance.ExpiredArchives(MaintenanceScope.Everything, call.Storage.Clock.GetUtcNow(), 1).Total;
        return new MaintenanceView
        {
            Summary = pending is null
                ? "nothing waits for a restart."
                : $"{string.Join(", ", pending.Wish.Work.Select(w => Vocabulary.WindowWork[w]))} within the next planned restart.",
            OperationsPerformed = ["looked at the database file", .. input.Level == Level.Basic ? Array.Empty<string>() : ["asked for a window"]],
            IssuesFound = 0,
            Space = new SpaceView(
                space.Bytes, space.FreeBytes, upkeep.SupersededSnapshots(), upkeep.ExpiredBackups(), expired, Math.Round(estimate)),
            Window = WindowView.Of(pending),
            LastWindow = WindowView.Of(last),
            Recommendations = pending is not null
                ? ["orchestrator_restart_server does it now; any planned restart does. A crash does not, and loses nothing of the request."]
                : ["validation_level comprehensive asks the next planned restart to compact and to apply retention; full_audit, to VACUUM, too."],
        };
    }

    private static MaintenanceView Document(ToolCall call, MaintenanceScope scope, string about, string name, bool detailed)
    {
        var text = HandoverDocument.Write(call, scope, about, detailed);
        var counts = call.Storage.Maintenance.CountByPhase(scope);
        var document = HandoverDocument.Save(Path.Combine(call.Storage.DataDirectory, "documents"), name, text);
        return new MaintenanceView
        {
            Summary = $"wrote {document.Path}.",
            OperationsPerformed = ["counted tasks", $"wrote {name}"],
            IssuesFound = 0,
            Tasks = counts.Values.Sum(),
            ByStatus = counts.ToDictionary(c => Vocabulary.Phases[c.Key], c => c.Value),
            CompletedPercent = HandoverDocument.Percent(counts, counts.Values.Sum()),
            Document = document,
            Text = detailed ? Pages.Cut(text, 20_000) : null,
            Recommendations = [],
        };
    }

    internal enum Action
    {
        ScanCleanup,
        ValidateStructure,
        UpdateDocumentation,
        PrepareHandover,
        OptimizeDatabase,
    }

    internal enum Scope
    {
        CurrentSession,
        FullProject,
        SpecificSubtask,
    }

    internal enum Level
    {
        Basic,
        Comprehensive,
        FullAudit,
    }

    internal sealed record Input(Action Action, Scope Scope, Level Level, TaskId? Target, SessionId? Session, int BudgetSeconds);
}

internal sealed record IssueView(string Kind, string Severity, string TaskId, string Title, string Detail, string RecommendedAction);

internal sealed record CleanedView(string TaskId, string Action);

internal sealed record KeptView(string TaskId, string Code, string Reason);

internal sealed record CheckView(string Check, long Checked, long Wrong, IReadOnlyList<string>? Examples);

/// <param name="Bytes">The database file.</param>
/// <param name="FreeBytes">Gaps in it, which VACUUM gives back.</param>
/// <param name="SupersededSnapshots">Snapshots that a later one has replaced.</param>
/// <param name="ExpiredBackups">Backups that are no longer kept.</param>
/// <param name="ExpiredArchives">Archived tasks whose time is over.</param>
/// <param name="VacuumEstimateMs">How long VACUUM is expected to take; over the budget, it is skipped.</param>
internal sealed record SpaceView(
    long Bytes, long FreeBytes, long SupersededSnapshots, int ExpiredBackups, long ExpiredArchives, double VacuumEstimateMs);

/// <summary>Counts are of all; lists hold the worst or first.</summary>
internal sealed record MaintenanceView
{
    public string Action { get; init; } = "";
    public string Scope { get; init; } = "";
    public string ValidationLevel { get; init; } = "";
    public required string Summary { get; init; }
    public required IReadOnlyList<string> OperationsPerformed { get; init; }
    public required long IssuesFound { get; init; }
    public IReadOnlyDictionary<string, long>? IssuesByKind { get; init; }
    public IReadOnlyList<IssueView>? Issues { get; init; }
    public IReadOnlyList<CheckView>? Checks { get; init; }
    public int? ItemsCleaned { get; init; }
    public IReadOnlyList<CleanedView>? Cleaned { get; init; }
    public IReadOnlyList<KeptView>? NotCleaned { get; init; }
    public long? Tasks { get; init; }
    public IReadOnlyDictionary<string, long>? ByStatus { get; init; }
    public double? CompletedPercent { get; init; }
    public DocumentView? Document { get; init; }
    public string? Text { get; init; }
    public SpaceView? Space { get; init; }
    public WindowView? Window { get; init; }
    public WindowView? LastWindow { get; init; }
    public required IReadOnlyList<string> Recommendations { get; init; }
}
