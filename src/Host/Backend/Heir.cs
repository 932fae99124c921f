using System.Globalization;
using System.Net.Sockets;
using Orchestrator.Front;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>The successor will not do; the message says why.</summary>
internal sealed class HeirFailedException(string message) : Exception(message);

/// <summary>The successor, as the old process sees it: its own child, and a private line to it.</summary>
internal sealed class Heir : IDisposable
{
    // It says every quarter of a second that it lives.
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(3);

    // A runtime that starts on a busy machine; not what comes after it.
    private static readonly TimeSpan SpeaksWithin = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LeavesWithin = TimeSpan.FromSeconds(2);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly SpawnedBackend _process;
    private readonly ServerProcess? _identity;
    private HandoverChannel? _channel;
    private bool _isClosed;

    private Heir(Socket listener, string path, SpawnedBackend process)
    {
        (_listener, _path, _process) = (listener, path, process);
        _identity = ServerProcess.Find(process.ProcessId);
    }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.ProcessId;

    /// <summary>What it is, once it has proved itself.</summary>
    public ProcessFacts? Facts { get; private set; }

    /// <summary>What it would do to the database, once it has proved itself.</summary>
    public IReadOnlyList<string> Plan { get; private set; } = [];

    /// <summary>Starts it.</summary>
    /// <param name="command">Its program.</param>
    /// <param name="options">What this backend was started with.</param>
    /// <param name="takesBack">Whether it is to take a migration back that its program does not know.</param>
    /// <exception cref="HeirFailedException">The system cannot start it.</exception>
    public static Heir Start(BackendCommand command, BackendOptions options, bool takesBack = false)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{options.Location.SocketPath[..^".sock".Length]}.{Environment.ProcessId}.heir");
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            var idle = options.IdleAfter.TotalMinutes.ToString(CultureInfo.InvariantCulture);
            string[] told = ["--idle-minutes", idle, "--predecessor", path, .. takesBack ? [BackendOptions.TakeBack] : Array.Empty<string>()];
            return new Heir(listener, path, BackendSpawner.Start(command.Serving(options.Location), options.Location, told));
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            listener.Dispose();
            throw new HeirFailedException($"{command.Executable} could not be started: {e.Message}");
        }
    }

    /// <summary>Waits until it has proved itself, if it has not done so already.</summary>
    /// <exception cref="HeirFailedException">It has ended, is silent, says why it cannot, or takes too long.</exception>
    public async Task Prove(TimeSpan limit, CancellationToken cancellation)
    {
        if (Facts is not null)
        {
            return;
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(limit);
        try
        {
            var socket = await Accept(late.Token);
            Close();   // nobody else is expected, and nothing is left behind by a process that is killed
            if (!PeerCredentials.Check(socket) || PeerCredentials.ProcessOf(socket) is { } id && id != ProcessId)
            {
                socket.Dispose();
                throw new HeirFailedException("Another process than the one that was started has answered.");
            }

            _channel = new HandoverChannel(socket);
            while (true)
            {
                switch (await Next(late.Token))
                {
                    case { Kind: HandoverMessage.Ready, Instance: { } instance, Build: { } build } ready:
                        Plan = ready.Plan ?? [];
                        Facts = new ProcessFacts(ProcessId, instance, build, ready.Folder ?? "");
                        return;
                    case { Kind: HandoverMessage.Unable } unable:
                        throw new HeirFailedException(unable.Reason ?? "The new process cannot serve.");
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HeirFailedException($"The new process (process {ProcessId}) was not ready within {limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>Tells it something.</summary>
    /// <exception cref="HeirFailedException">It is not there any more.</exception>
    public async Task Tell(HandoverMessage message)
    {
        if (!await _channel!.Send(message))
        {
            throw await Gone();
        }
    }

    /// <summary>Whether it runs.</summary>
    public bool IsThere => !_process.Exited.IsCompleted && _identity is not ({ IsStopped: true } or { HasEnded: true });

    /// <summary>Does nothing when it runs.</summary>
    /// <exception cref="HeirFailedException">It does not.</exception>
    public async Task MakeSure()
    {
        if (!IsThere)
        {
            throw _identity is { IsStopped: true }
                ? new HeirFailedException($"The new process (process {ProcessId}) was stopped by somebody.")
                : await Gone();
        }
    }

    /// <summary>Waits for a message of a kind.</summary>
    /// <exception cref="HeirFailedException">It has ended, is silent, says why it cannot, or takes too long.</exception>
    public async Task Await(string kind, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            while (await Next(late.Token) is { } message && message.Kind != kind)
            {
                if (message.Kind == HandoverMessage.Unable)
                {
                    throw new HeirFailedException(message.Reason ?? "The new process cannot serve.");
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new HeirFailedException($"The new process (process {ProcessId}) did not say '{kind}' within {limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>Lets it end by itself, and waits for its end. One that does not is killed.</summary>
    public async Task Dismiss()
    {
        if (_channel is null || !await _channel.Send(new HandoverMessage(HandoverMessage.Leave))
            || await Task.WhenAny(_process.Exited, Task.Delay(LeavesWithin)) != _process.Exited)
        {
            await Kill();
        }
    }

    /// <summary>Ends it, and does not wait.</summary>
    public void KillAtOnce() => _identity?.Kill();

    /// <summary>Ends it, and waits for its end: what it held is free then.</summary>
    public async Task Kill()
    {
        _identity?.Kill();
        if (await Task.WhenAny(_process.Exited, Task.Delay(TimeSpan.FromSeconds(10))) != _process.Exited)
        {
            throw new HeirFailedException($"The new process (process {ProcessId}) cannot be ended.");
        }
    }

    public void Dispose()
    {
        _channel?.Dispose();
        Close();
    }

    private void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;   // the next one will have the same path
            _listener.Dispose();
            File.Delete(_path);
        }
    }

    private async Task<Socket> Accept(CancellationToken cancellation)
    {
        var accepting = _listener.AcceptAsync(cancellation).AsTask();
        var first = await Task.WhenAny(accepting, _process.Exited, Task.Delay(SpeaksWithin, cancellation));
        return first == accepting ? await accepting
            : first == _process.Exited ? throw await Gone()
            : throw new HeirFailedException($"The new process (process {ProcessId}) has not said a word for {SpeaksWithin.TotalSeconds:0} s.");
    }

    private async Task<HandoverMessage> Next(CancellationToken cancellation)
    {
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silent.CancelAfter(SilentAfter);
        try
        {
            return await _channel!.Receive(silent.Token) ?? throw await Gone();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HeirFailedException($"The new process (process {ProcessId}) says nothing any more.");
        }
    }

    private async Task<HeirFailedException> Gone()
    {
        // Its end of the line closes a little before it is reaped.
        var ended = await Task.WhenAny(_process.Exited, Task.Delay(SilentAfter)) == _process.Exited;
        return new HeirFailedException(ended
            ? $"The new process (process {ProcessId}) ended with exit code {await _process.Exited}; see logs/backend.log in the data directory."
            : $"The new process (process {ProcessId}) has closed its line.");
    }
}
