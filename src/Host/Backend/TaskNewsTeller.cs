#pragma warning disable MCP9005 // Deprecated in the newest revision of the protocol, and what clients of all the others use.
using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Tells one client what happens to tasks, from the moment at which it sets a log level; who asked for nothing gets no byte. Each message says how far in
/// the journal it is. The front remembers that of the last one it got and says it to the next backend with the log level, so that a kill in
/// between neither repeats a message nor loses one.
/// </summary>
internal sealed class TaskNewsTeller(Gate gate, ILogger log) : IAsyncDisposable
{
    // A client that starts us sets its level while the store is being opened. It is to hear of all that happens from then on.
    private static readonly TimeSpan OpensWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private Telling? _telling;

    /// <summary>Lets it hear of the log level that the client of a connection sets.</summary>
    public void Attach(McpServerHandlers handlers)
    {
        var before = handlers.SetLoggingLevelHandler;
        handlers.SetLoggingLevelHandler = async (request, cancellation) =>
        {
            var from = await Hear(request.Server, request.Params.Level, request.Params.Meta?[NewsPosition.Member], cancellation);
            var result = before is null ? new EmptyResult() : await before(request, cancellation);
            if (from is { } position)
            {
                result.Meta = new JsonObject { [NewsPosition.Member] = position };
            }

            return result;
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await (_telling?.Work ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _telling?.Dispose();
        _ending.Dispose();
    }

    /// <summary>Returns the position from which on the client is told.</summary>
    private async Task<long?> Hear(McpServer server, LoggingLevel level, JsonNode? told, CancellationToken cancellation)
    {
        if (level > LoggingLevel.Warning)
        {
            lock (_lock)
            {
                _telling?.Dispose();
                _telling = null;
                return null;
            }
        }

        var position = told is JsonValue value && value.TryGetValue<long>(out var told64) ? told64 : await Now(cancellation);
        lock (_lock)
        {
            if (_telling is { } telling)
            {
                telling.Level = level;   // it goes on where it is
                return telling.Position;
            }

            _telling = new Telling(_ending.Token) { Level = level, Position = position };
            _telling.Work = Tell(server, _telling);
            return position;
        }
    }

    private async Task<long?> Now(CancellationToken cancellation)
    {
        if (gate.State.Phase is not (GatePhase.Open or GatePhase.Opening))
        {
            return null;   // An upgrade takes its time.
        }

        try
        {
            return (await gate.Enter(cancellation).WaitAsync(OpensWithin, cancellation)).Index.Position();
        }
        catch (Exception e) when (e is TimeoutException or RefusedException or DbException)
        {
            return null;   // From when it opens.
        }
    }

    private async Task Tell(McpServer server, Telling telling)
    {
        await Task.Yield();   // not under the lock
        try
        {
            var storage = await Opened(telling.Stopping);
            var end = storage.Index.Position();
            telling.Position = Math.Min(telling.Position ?? end, end);   // a restored backup ends before it
            while (true)
            {
                var next = storage.News.Next;   // before looking: nothing falls in between
                if (!await TellSome(server, storage, telling))
                {
                    await next.WaitAsync(telling.Stopping);
                }
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // It need not be told; its front says to the next backend how far it was.
        }
    }

    private async Task<bool> TellSome(McpServer server, Storage storage, Telling telling)
    {
        try
        {
            var stretch = storage.NewsReader.Read(telling.Position!.Value);
            foreach (var item in stretch.News)
            {
                if (LevelOf(item) >= telling.Level)
                {
                    telling.Stopping.ThrowIfCancellationRequested();
                    await server.SendMessageAsync(Message(item), telling.Stopping);
                }

                telling.Position = item.Position;
            }

            telling.Position = stretch.Reached;
            return stretch.More;
        }
        catch (DbException e)
        {
            log.LogWarning(e, "What happened could not be read for a client that listens; it is tried again.");
            await Task.Delay(Again, telling.Stopping);
            return true;
        }
    }

    /// <summary>Waits for as long as it takes.</summary>
    private async Task<Storage> Opened(CancellationToken stopping)
    {
        while (true)
        {
            var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Signal(GateState _) => decided.TrySetResult();
            gate.Decided += Signal;
            try
            {
                return await gate.Enter(stopping);
            }
            catch (RefusedException)
            {
                await decided.Task.WaitAsync(stopping);
            }
            finally
            {
                gate.Decided -= Signal;
            }
        }
    }

    private static LoggingLevel LevelOf(TaskNewsItem item) => item.Event == TaskNewsReader.Completed ? LoggingLevel.Info : LoggingLevel.Warning;

    private static JsonRpcNotification Message(TaskNewsItem item)
    {
        var data = new JsonObject
        {
            ["event"] = item.Event,
            ["task_id"] = item.Task.TaskId.Value,
            ["title"] = item.Task.Title,
            ["at"] = item.At,
            ["by"] = item.By,
        };
        if (item.Because is not null)
        {
            data["because"] = item.Because;
        }

        if (item.Ready.Count > 0)
        {
            data["dependency_ready"] = new JsonArray(
                [.. item.Ready.Select(r => new JsonObject { ["task_id"] = r.TaskId.Value, ["title"] = r.Title })]);
        }

        return new JsonRpcNotification
        {
            Method = NotificationMethods.LoggingMessageNotification,
            Params = new JsonObject
            {
                ["level"] = LevelOf(item) == LoggingLevel.Info ? "info" : "warning",
                ["logger"] = "orchestrator.tasks",
                ["data"] = data,
                ["_meta"] = new JsonObject { [NewsPosition.Member] = item.Position },
            },
        };
    }

    private sealed class Telling : IDisposable
    {
        private readonly CancellationTokenSource _stopping;
        private volatile int _level;
        private long _position = -1;

        public Telling(CancellationToken ending)
        {
            _stopping = CancellationTokenSource.CreateLinkedTokenSource(ending);
            Stopping = _stopping.Token;
        }

        public CancellationToken Stopping { get; }

        public LoggingLevel Level
        {
            get => (LoggingLevel)_level;
            set => _level = (int)value;
        }

        /// <summary>Null until the store is open.</summary>
        public long? Position
        {
            get => Interlocked.Read(ref _position) is >= 0 and var position ? position : null;
            set => Interlocked.Exchange(ref _position, value ?? -1);
        }

        public Task Work { get; set; } = Task.CompletedTask;

        public void Dispose()
        {
            _stopping.Cancel();
            _stopping.Dispose();
        }
    }
}
