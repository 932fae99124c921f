using System.Net.Sockets;
using Orchestrator.Front;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Diagnosis;

/// <summary>What a backend is doing, as seen from outside.</summary>
internal enum BackendState
{
    /// <summary>None lives. The next client starts one.</summary>
    NotRunning,
    /// <summary>One holds the lock and does not listen yet, or no longer.</summary>
    Starting,
    /// <summary>It said hello.</summary>
    Serving,
    /// <summary>It listens and does not answer.</summary>
    Silent,
    /// <summary>It answered something else than a hello.</summary>
    Refusing,
}

/// <summary>The backend of a data directory.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Build">Its build.</param>
/// <param name="Protocol">Oldest and newest version of the wire protocol that it speaks.</param>
/// <param name="Clients">How many fronts are connected; null when it does not say.</param>
/// <param name="Trouble">What it said instead of a hello, or why it cannot be reached.</param>
internal sealed record BackendLook(BackendState State, int? ProcessId, string? Build, (int Min, int Max)? Protocol, int? Clients, string? Trouble)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Where its gate stands, as it says; one that does not serve has none that is open.</summary>
    public string Gate { get; init; } = "closed";

    /// <summary>Looks, and starts nothing. To the backend this is no front.</summary>
    public static async Task<BackendLook> At(DataDirectory location, CancellationToken cancellation)
    {
        if (!Path.Exists(location.SocketPath))
        {
            return Unheard(location, null);
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        int? process = null;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(location.SocketPath), deadline.Token);
            process = PeerCredentials.ProcessOf(socket);
            if (!PeerCredentials.Check(socket))
            {
                return new BackendLook(BackendState.Refusing, process, null, null, null, "The socket belongs to a process of another user.");
            }

            await using var frames = new FrameStream(new NetworkStream(socket));
            var mine = new Hello(Hello.OldestVersion, Hello.Version, BuildInfo.Build, location.Identity, new string('0', 32), 0,
                Environment.ProcessId)
            { Looks = true };
            await frames.WriteAsync(FrameKind.Hello, 0, 0, mine.ToUtf8(), deadline.Token);
            var answer = await frames.ReadAsync(deadline.Token);
            if (answer is { Kind: FrameKind.Hello })
            {
                var hello = Hello.Parse(answer.Payload.Span);
                return new BackendLook(
                    BackendState.Serving, hello.ProcessId, hello.Build, (hello.MinVersion, hello.MaxVersion), hello.Fronts, null)
                {
                    Gate = hello.Gate ?? "unknown",   // an older build does not say
                };
            }

            return new BackendLook(
                BackendState.Refusing, process, null, null, null,
                answer is { Kind: FrameKind.Refuse } ? RefusalJson.Parse(answer.Payload.Span).Message : "It closed the connection.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new BackendLook(BackendState.Silent, process, null, null, null, $"It did not answer within {Patience.TotalSeconds:0} s.");
        }
        catch (WireException e)
        {
            return new BackendLook(BackendState.Refusing, process, null, null, null, e.Message);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return Unheard(location, e.Message);
        }
    }

    private static BackendLook Unheard(DataDirectory location, string? trouble) => ServerProcess.HolderOf(location.LockPath) is { } holder
        ? new BackendLook(BackendState.Starting, holder.Id, null, null, null, trouble ?? "It does not listen yet.")
        : new BackendLook(BackendState.NotRunning, null, null, null, null, null);
}
