using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front.Tests;

/// <summary>
/// This assembly as a program: a backend in a process of its own, which can be stopped and killed. It answers every request with its process id and
/// leaves with its last front.
/// </summary>
internal static class BackendProgram
{
    /// <summary>How it is started for a data directory.</summary>
    public static BackendCommand For(Home home) =>
        new("dotnet", [typeof(BackendProgram).Assembly.Location, home.Location.SocketPath, home.Location.Identity]);

    private static async Task<int> Main(string[] arguments)
    {
        var temporary = $"{arguments[0]}.{Environment.ProcessId}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(temporary));
        listener.Listen();
        File.Move(temporary, arguments[0], overwrite: true);
        var fronts = 0;
        var left = new TaskCompletionSource();
        _ = AcceptAsync();
        await left.Task;
        return 0;

        async Task AcceptAsync()
        {
            while (true)
            {
                _ = GreetAsync(new FrameStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true)));
            }
        }

        async Task GreetAsync(FrameStream frames)
        {
            await using var connection = frames;
            if (await frames.ReadAsync() is not { Kind: FrameKind.Hello })
            {
                return;
            }

            Interlocked.Increment(ref fronts);
            try
            {
                var hello = new Hello(Hello.OldestVersion, Hello.Version, "process", arguments[1], null, 0, Environment.ProcessId);
                await frames.WriteAsync(FrameKind.Hello, 0, 0, hello.ToUtf8());
                await ServeAsync(frames);
            }
            finally
            {
                if (Interlocked.Decrement(ref fronts) == 0)
                {
                    left.TrySetResult();
                }
            }
        }
    }

    private static async Task ServeAsync(FrameStream frames)
    {
        for (var sent = 1L; await frames.ReadAsync() is { } frame;)
        {
            if (frame is { Kind: FrameKind.Ack, Sequence: FrameHeader.AskForAck })
            {
                await frames.WriteAsync(FrameKind.Ack, FrameHeader.AnswerToAck, frame.Sequence, default);
            }
            else if (frame.Kind == FrameKind.Message)
            {
                var id = Encoding.UTF8.GetString(JsonLine.Parse(frame.Payload).RawId.Span);
                var answer = string.Create(CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{{{Environment.ProcessId}}}}""");
                await frames.WriteAsync(FrameKind.Message, sent++, 0, Encoding.UTF8.GetBytes(answer));
            }
        }
    }
}
