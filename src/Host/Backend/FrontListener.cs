using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>The socket that fronts connect to, and who is connected.</summary>
internal sealed class FrontListener : IDisposable
{
    // After a crash all fronts come at once; the kernel cuts it to what it allows.
    private const int MostWaiting = 4096;

    // How long a client that is new may find nobody after somebody has cleaned up.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly ILogger<FrontListener> _log;
    private readonly HashSet<Task> _connections = [];
    private readonly Lock _lock = new();
    private volatile Socket _socket;

    private FrontListener(string path, Socket socket, ILogger<FrontListener> log) => (_path, _socket, _log) = (path, socket, log);

    /// <summary>Raised with the number of fronts whenever it changes.</summary>
    public event Action<int>? Changed;

    /// <summary>
    /// Publishes the socket. It is bound under a temporary name and then renamed, so that the well-known name is never without a listener, and
    /// because disposing a .NET socket unlinks the name that it was bound to, which by then may be a successor's.
    /// </summary>
    /// <exception cref="LocationException">A directory stands where the socket is to be.</exception>
    public static FrontListener Publish(string path, ILogger<FrontListener> log) => new(path, Bind(path), log);

    private static Socket Bind(string path)
    {
        if (Directory.Exists(path))
        {
            throw new LocationException($"A directory stands where the socket is to be: {path}.", $"Remove it: rm -r {path}");
        }

        var temporary = $"{path[..^".sock".Length]}.{Environment.ProcessId}";
        File.Delete(temporary);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(temporary));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        socket.Listen(MostWaiting);
        File.Move(temporary, path, overwrite: true);
        return socket;
    }

    /// <summary>Accepts until <paramref name="stopping"/>, then waits for the connections to end.</summary>
    public async Task Run(Func<Socket, CancellationToken, Task> serve, CancellationToken stopping)
    {
        using var watch = new PeriodicTimer(LookEvery);
        var watching = Watch(watch, stopping);
        await Accept(serve, stopping);
        watch.Dispose();
        await watching;
        Task[] open;
        lock (_lock)
        {
            open = [.. _connections];
        }

        await Task.WhenAll(open);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task Accept(Func<Socket, CancellationToken, Task> serve, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var socket = _socket;
            try
            {
                var front = await socket.AcceptAsync(stopping);
                if (PeerCredentials.Check(front))
                {
                    Add(front, serve, stopping);
                }
                else
                {
                    _log.LogWarning("A process of another user tried to connect.");
                    front.Dispose();
                }
            }
            catch (OperationCanceledException)
            {
                // The end of this process has begun.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (socket == _socket)
                {
                    // Too many open files, most likely: those who are here go on, and who wants to come waits.
                    _log.LogWarning(e, "A front could not be let in.");
                    await Task.Delay(LookEvery, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    // A socket whose name is gone is reached by nobody new, while its process keeps every other one from serving.
    private async Task Watch(PeriodicTimer ticks, CancellationToken stopping)
    {
        while (await ticks.WaitForNextTickAsync(CancellationToken.None))
        {
            if (Path.Exists(_path) || stopping.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                PrivateDirectory.Ensure(Path.GetDirectoryName(_path)!);
                var before = _socket;
                _socket = Bind(_path);
                before.Dispose();   // which ends its wait for fronts
                _log.LogWarning("{Path} was deleted and is there again.", _path);
            }
            catch (Exception e) when (e is LocationException or IOException or UnauthorizedAccessException or SocketException)
            {
                _log.LogError(e, "{Path} was deleted and cannot be made again; new clients find nobody.", _path);
            }
        }
    }

    private void Add(Socket front, Func<Socket, CancellationToken, Task> serve, CancellationToken stopping)
    {
        Task connection;
        int count;
        lock (_lock)
        {
            connection = Task.Run(() => Guard(front, serve, stopping), CancellationToken.None);
            _connections.Add(connection);
            count = _connections.Count;
        }

        Changed?.Invoke(count);
        connection.ContinueWith(Remove, TaskScheduler.Default);
    }

    private void Remove(Task connection)
    {
        int count;
        lock (_lock)
        {
            _connections.Remove(connection);
            count = _connections.Count;
        }

        Changed?.Invoke(count);
    }

    private async Task Guard(Socket front, Func<Socket, CancellationToken, Task> serve, CancellationToken stopping)
    {
        try
        {
            await serve(front, stopping);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or WireException or SocketException or ObjectDisposedException)
        {
            _log.LogDebug(e, "A front has gone.");
        }
        catch (Exception e)
        {
            _log.LogError(e, "A connection failed; its front will come again.");
        }
    }
}
