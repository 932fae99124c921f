using LinqToDB;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.Sessions;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Commands.Store;

/// <summary>
/// The work of a data directory, read from outside whether a backend serves or not: lists from the read model, a task whole from its own history.
/// No actor is started and nothing is written.
/// </summary>
internal sealed class StoredWork
{
    private readonly string _file;

    private StoredWork(DataDirectory location)
    {
        _file = StoreLook.FileOf(location);
        Location = location;
        Index = new SqliteTaskIndex(new DataOptions().UseProvider(ProviderName.SQLiteMS).UseConnectionFactory(
            SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => StoreLook.Open(_file)));
        Artifacts = new ArtifactStore(Path.Join(location.Path, "artifacts"));
    }

    /// <summary>Where it is kept.</summary>
    public DataDirectory Location { get; }

    /// <summary>Lists and searches.</summary>
    public ITaskIndex Index { get; }

    /// <summary>The work products.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>Opens it for reading.</summary>
    /// <exception cref="CommandFailedException">There is none, or it cannot be read.</exception>
    public static StoredWork Open(DataDirectory location)
    {
        if (!File.Exists(StoreLook.FileOf(location)))
        {
            throw new CommandFailedException(
                CommandErrorCode.NoStore, $"There is no work in {location.Path} yet.",
                    "Name another directory with --data-dir; 'orchestrator list' shows all.",
                ExitCode.NotFound);
        }

        try
        {
            var work = new StoredWork(location);
            work.Index.Position();
            return work;
        }
        catch (SqliteException e)
        {
            throw new CommandFailedException(
                RefusalCode.DatabaseUnavailable, $"{StoreLook.FileOf(location)} cannot be read: {e.Message}", "Run: orchestrator doctor");
        }
    }

    /// <summary>Every task, oldest first.</summary>
    public List<TaskRow> All()
    {
        var rows = new List<TaskRow>();
        string? cursor = null;
        do
        {
            var page = Index.Query(new TaskFilter(), 1000, cursor);
            rows.AddRange(page.Tasks);
            cursor = page.Cursor;
        }
        while (cursor is not null);
        rows.Reverse();
        return rows;
    }

    /// <summary>The row of a task.</summary>
    /// <exception cref="CommandFailedException">There is no such task.</exception>
    public TaskRow Row(string id) => Index.Find([new TaskId(id)]) is [var row] ? row : throw new CommandFailedException(
        RefusalCode.TaskNotFound, $"There is no task {id}.", "'orchestrator tasks list' shows them.", ExitCode.NotFound);

    /// <summary>What happened to a task, in order.</summary>
    public List<ITaskEvent> History(TaskId task) => [.. Events(TaskActor.PersistenceIdOf(task)).Cast<ITaskEvent>()];

    /// <summary>A task as its history tells it.</summary>
    public TaskDetails Details(TaskId task) => History(task).Aggregate(new TaskState(task), (state, e) => state.Apply(e)).Details();

    /// <summary>A task with all that is known of it, as the tools show it.</summary>
    public TaskView View(TaskRow row) => TaskViews.Of(row, Details(row.TaskId), Index.DependenciesOf([row.TaskId]));

    /// <summary>All sessions, oldest first.</summary>
    public List<SessionState> Sessions()
    {
        using var connection = StoreLook.Open(_file);
        return [.. StoreLook.Rows(connection, "SELECT DISTINCT persistence_id FROM journal WHERE persistence_id GLOB 'session-*' ORDER BY ordering")
            .Select(r => Session(new SessionId(((string)r[0])["session-".Length..]))!)];
    }

    /// <summary>A session; null when there is none.</summary>
    public SessionState? Session(SessionId id) => Events($"session-{id}").Cast<ISessionEvent>().ToList() is { Count: > 0 } events
        ? events.Aggregate(new SessionState(id), (state, e) => state.Apply(e)) : null;

    private List<object> Events(string persistenceId)
    {
        using var connection = StoreLook.Open(_file);
        return [.. StoreLook.Rows(
                connection, "SELECT manifest, message FROM journal WHERE persistence_id = $id AND deleted = 0 ORDER BY sequence_number",
                    ("$id", persistenceId))
            .Select(r => EventCodec.Read((string)r[0], (byte[])r[1]))];
    }
}
