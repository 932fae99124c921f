using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>The socket that fronts connect to, and who is connected.</summary>
internal sealed class FrontListener : IDisposable
{
    // After a crash all fronts come at once; the kernel cuts it to what it allows.
    private const int MostWaiting = 4096;

    private readonly Socket _socket;
    private readonly ILogger<FrontListener> _log;
    private readonly HashSet<Task> _connections = [];
    private readonly Lock _lock = new();

    private FrontListener(Socket socket, ILogger<FrontListener> log) => (_socket, _log) = (socket, log);

    /// <summary>Raised with the number of fronts whenever it changes.</summary>
    public event Action<int>? Changed;

    /// <summary>
    /// Publishes the socket. It is bound under a temporary name and then renamed, so that the well-known name is never without a listener, and
    /// because disposing a .NET socket unlinks the name that it was bound to, which by then may be a successor's.
    /// </summary>
    public static FrontListener Publish(string path, ILogger<FrontListener> log)
    {
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
        return new FrontListener(socket, log);
    }

    /// <summary>Accepts until <paramref name="stopping"/>, then waits for the connections to end.</summary>
    public async Task Run(Func<Socket, CancellationToken, Task> serve, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var front = await _socket.AcceptAsync(stopping);
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
        }
        catch (OperationCanceledException)
        {
            // The end of this process has begun.
        }

        Task[] open;
        lock (_lock)
        {
            open = [.. _connections];
        }

        await Task.WhenAll(open);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

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
