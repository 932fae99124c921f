using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Actors.Sessions;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Commands.Work;

/// <summary><c>orchestrator session</c></summary>
internal static class SessionCommand
{
    private static readonly Argument<string> Id = new("session") { Description = "The session's id." };

    public static Command Create() => Verb.Group(
        "session", "Look at the sessions of assistants.",
        Verb.Create("list", "All sessions, oldest first.", List),
        Verb.Create("show", "One session, and the tasks that were planned in it.", Show, Id));

    private static int List(ParseResult parsed, Output output)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var sessions = work.Sessions().ConvertAll(s => (Session: s, Tasks: Tasks(work, s.Id)));
        output.Table(["session", "opened", "directory", "tasks"], sessions.Select(s => new[]
        {
            s.Session.Id.Value, TasksCommand.Time(s.Session.OpenedAt!.Value), s.Session.WorkingDirectory ?? "", $"{s.Tasks.Total}",
        }));
        if (output.IsJson)
        {
            Output.Json("sessions/1",
                new JsonObject { ["sessions"] = new JsonArray([.. sessions.Select(s => (JsonNode)Node(s.Session, s.Tasks.Total))]) });
        }

        return ExitCode.Done;
    }

    private static int Show(ParseResult parsed, Output output)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var id = parsed.GetValue(Id)!;
        var session = work.Session(new SessionId(id)) ?? throw new CommandFailedException(
            RefusalCode.SessionNotFound, $"There is no session {id}.", "'orchestrator session list' shows them.", ExitCode.NotFound);
        var tasks = Tasks(work, session.Id);
        output.Line($"{session.Id}  opened {TasksCommand.Time(session.OpenedAt!.Value)}  {session.WorkingDirectory}");
        output.Table(["task", "status", "title"], tasks.Tasks.Select(t => new[] { t.TaskId.Value, Tools.Vocabulary.Phases[t.Phase], t.Title }));
        if (output.IsJson)
        {
            var node = Node(session, tasks.Total);
            node["task_ids"] = new JsonArray([.. tasks.Tasks.Select(t => (JsonNode)t.TaskId.Value)]);
            Output.Json("session/1", node);
        }

        return ExitCode.Done;
    }

    private static TaskPage Tasks(StoredWork work, SessionId id) => work.Index.Query(new TaskFilter { Session = id }, 1000, null);

    private static JsonObject Node(SessionState session, long tasks) => new()
    {
        ["session_id"] = session.Id.Value,
        ["opened_at"] = TasksCommand.Time(session.OpenedAt!.Value),
        ["working_directory"] = session.WorkingDirectory,
        ["tasks"] = tasks,
    };
}
