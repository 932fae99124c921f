using System.Diagnostics;
using System.Net.Sockets;
using Orchestrator.Front;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>What has become of the old process.</summary>
internal enum Turn
{
    /// <summary>It goes on, or its end is nobody else's beginning.</summary>
    Never,
    /// <summary>It has let go of the database.</summary>
    HandedOver,
    /// <summary>It is dead, and had wished for that case that its place be taken.</summary>
    Died,
}

/// <summary>The old process, as its successor sees it.</summary>
internal sealed class Predecessor : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    // Closing takes milliseconds. Somebody who has stopped it, or a disk that has: then its place is taken by force.
    private static readonly TimeSpan StoppedFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromSeconds(20);

    private readonly HandoverChannel _channel;
    private readonly ServerProcess? _process;
    private readonly Timer _heart;
    private long? _stoppedAt;

    private Predecessor(HandoverChannel channel, int? process)
    {
        _channel = channel;
        _process = process is { } id ? ServerProcess.Find(id) : null;
        _heart = new Timer(_ => _ = _channel.Send(new HandoverMessage(HandoverMessage.Alive)), null, TimeSpan.Zero, Beat);
    }

    /// <summary>When calls began to wait, once it has said so; in ticks of <see cref="Stopwatch"/>, which all processes share.</summary>
    public long HeldAt { get; private set; }

    /// <summary>Its build, once it has said so.</summary>
    public string Build { get; private set; } = BuildInfo.Build;

    /// <summary>The folder of its program, once it has said so.</summary>
    public string? Folder { get; private set; }

    /// <summary>Its number; null where the system does not say.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Finds it. Null when it is not there any more.</summary>
    public static async Task<Predecessor?> Find(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            if (PeerCredentials.Check(socket))
            {
                return new Predecessor(new HandoverChannel(socket), PeerCredentials.ProcessOf(socket));
            }
        }
        catch (SocketException)
        {
            // It has gone.
        }

        socket.Dispose();
        return null;
    }

    public Task SayReady(ProcessFacts me, IReadOnlyList<string> plan) => _channel.Send(
        new HandoverMessage(HandoverMessage.Ready)
        {
            ProcessId = me.ProcessId,
            Instance = me.Instance,
            Build = me.Build,
            Folder = me.Folder,
            Plan = plan,
        });

    public Task Say(string kind, string? reason = null) => _channel.Send(new HandoverMessage(kind) { Reason = reason });

    /// <summary>Waits until it has let go of the database, or has died before it meant to.</summary>
    public async Task<Turn> LetsGo(Standby standby, CancellationToken cancellation)
    {
        while (await _channel.Receive(cancellation) is { } message)
        {
            if (message.Kind == HandoverMessage.Leave || (message.Kind == HandoverMessage.StandBy && !await StandBy(standby)))
            {
                return Turn.Never;
            }

            if (message.Kind == HandoverMessage.Closing)
            {
                standby.Dispose();
                _heart.Change(TimeSpan.Zero, Beat);
                HeldAt = message.HeldAt;
                (Build, Folder) = (message.Build ?? Build, message.Folder);
                await Closes(cancellation);
            }

            if (message.Kind is HandoverMessage.Closing or HandoverMessage.Go)
            {
                _ = SeeOff(cancellation);
                return Turn.HandedOver;
            }
        }

        return standby.HasBegun ? Turn.Died : Turn.Never;
    }

    public void Dispose()
    {
        _heart.Dispose();
        _channel.Dispose();
    }

    private async Task<bool> StandBy(Standby standby)
    {
        if (!standby.Begin())
        {
            await Say(HandoverMessage.Unable, "Another process stands by already.");
            return false;
        }

        await Say(HandoverMessage.StandingBy);
        _heart.Change(Timeout.Infinite, Timeout.Infinite);   // it may be for days
        return true;
    }

    // Its fronts are cut off and cannot help themselves while it holds what a new backend would need.
    private async Task Closes(CancellationToken cancellation)
    {
        var going = _channel.Receive(cancellation);
        var start = Stopwatch.GetTimestamp();
        while (await Task.WhenAny(going, Task.Delay(LookEvery, cancellation)) != going)
        {
            Look();
            if (Stopwatch.GetElapsedTime(start) > ClosesWithin)
            {
                _process?.Kill();   // the end of the line follows
            }
        }

        await going;   // go, or its end: in both cases it holds nothing any more
    }

    // It ends by itself when this process has served. Stopped on its way it would keep the fronts from electing one that starts a backend.
    private async Task SeeOff(CancellationToken cancellation)
    {
        while (_process is { HasEnded: false } && !cancellation.IsCancellationRequested)
        {
            Look();
            await Task.Delay(LookEvery, CancellationToken.None);
        }
    }

    private void Look()
    {
        _stoppedAt = _process is { IsStopped: true } ? _stoppedAt ?? Stopwatch.GetTimestamp() : null;
        if (_stoppedAt is { } since && Stopwatch.GetElapsedTime(since) > StoppedFor)
        {
            _process?.Kill();
        }
    }
}
