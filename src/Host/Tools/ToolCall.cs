using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>One call of a tool: who asks, and under which key.</summary>
internal sealed class ToolCall
{
    private readonly Storage? _storage;
    private readonly RequestContext<CallToolRequestParams>? _request;

    /// <summary>Made once the gate is open, or by a tool that does without.</summary>
    public ToolCall(RequestContext<CallToolRequestParams> request, Storage? storage)
    {
        (_request, _storage) = (request, storage);
        Key = (CommandId)request.JsonRpcRequest.Context!.Items![FrameTransport.RequestKey]!;
        By = $"{Name(request.JsonRpcRequest.Context.ClientInfo ?? request.Server.ClientInfo)}#{Key.Client[..6]}";
    }

    /// <summary>Whether the caller named the key itself, which only the command line does.</summary>
    public bool NamesKeys => _request?.JsonRpcRequest.Context?.Items?.ContainsKey(FrameTransport.NamesKey) == true;

    private ToolCall(Storage? storage, CommandId key, string by) => (_storage, Key, By) = (storage, key, by);

    /// <summary>Tells a client that asked for it how its call gets on.</summary>
    /// <param name="step">A number that rises with every step.</param>
    /// <param name="message">What happened.</param>
    /// <param name="cancellation">The call.</param>
    public Task Progress(int step, string message, CancellationToken cancellation) => _request?.Params?.ProgressToken is { } token
        ? _request.Server.NotifyProgressAsync(token, new ProgressNotificationValue { Progress = step, Message = message }, cancellationToken: cancellation)
        : Task.CompletedTask;

    /// <summary>What is behind the gate.</summary>
    /// <exception cref="InvalidOperationException">The tool went on without it.</exception>
    public Storage Storage => _storage ?? throw new InvalidOperationException("This tool did not wait for the gate.");

    /// <summary>Whether the gate is open.</summary>
    public bool HasStorage => _storage is not null;

    /// <summary>The key of the request.</summary>
    public CommandId Key { get; }

    /// <summary>Who asks, as the history shows it: the client's name, and which of its processes.</summary>
    public string By { get; }

    /// <summary>True when something may have been changed: what goes wrong from then on is no reason to say that nothing was.</summary>
    public bool MayHaveChanged { get; private set; }

    /// <summary>The same call under the key of an earlier request that meant the same.</summary>
    public ToolCall Under(CommandId key) => new(_storage, key, By);

    /// <summary>Sends a command.</summary>
    public async Task<ITaskReply> Try(ITaskCommand command, CancellationToken cancellation)
    {
        MayHaveChanged = true;
        var reply = await Storage.Tasks.Send(command, cancellation);
        MayHaveChanged = reply is not TaskReplies.Refused { Refusal.Code: not RefusalCode.OutcomeUnknown };
        return reply;
    }

    /// <summary>Sends a command of a session and returns the session.</summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    public async Task<SessionReplies.Ready> Send(ISessionCommand command, CancellationToken cancellation)
    {
        MayHaveChanged = true;
        var reply = await Storage.Sessions.Send(command, cancellation);
        MayHaveChanged = reply is not SessionReplies.Refused { Refusal.Code: not RefusalCode.OutcomeUnknown };
        return reply switch
        {
            SessionReplies.Ready ready => ready,
            SessionReplies.Refused refused => throw new RefusedException(refused.Refusal),
            var other => throw new NotSupportedException($"No rule for reply {other.GetType().Name}."),
        };
    }

    /// <summary>Sends a command and returns what was accepted.</summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    public async Task<TaskReplies.Accepted> Send(ITaskCommand command, CancellationToken cancellation) =>
        await Try(command, cancellation) switch
        {
            TaskReplies.Accepted accepted => accepted,
            TaskReplies.Refused refused => throw new RefusedException(refused.Refusal),
            var other => throw new NotSupportedException($"No rule for reply {other.GetType().Name}."),
        };

    /// <summary>The row of a task.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public TaskRow Row(TaskId id) => Storage.Index.Find([id]) is [var row] ? row : throw new RefusedException(NoSuchTask(id.Value));

    /// <summary>There is no such task.</summary>
    public static Refusal NoSuchTask(string id) => new(
        RefusalCode.TaskNotFound, $"There is no task {id}.", "List tasks with orchestrator_query_tasks and use an id from there.");

    // Another program's word for itself: shown in histories, so nothing but plain characters, and not too many.
    private static string Name(Implementation? client)
    {
        var plain = string.Concat((client?.Name ?? "").Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ' ').Take(40)).Trim();
        return plain.Length == 0 ? "client" : plain;
    }
}
