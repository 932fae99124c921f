using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Tests.Backend;

public sealed class FrontListenerSpecs : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("listener");

    private string Socket => Path.Join(_directory.FullName, "run/x.sock");

    public FrontListenerSpecs() => Directory.CreateDirectory(Path.GetDirectoryName(Socket)!);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_socket_whose_directory_was_deleted_comes_back_and_those_who_are_connected_stay()
    {
        using var stopping = new CancellationTokenSource();
        using var listener = FrontListener.Publish(Socket, NullLogger<FrontListener>.Instance);
        var running = listener.Run(Echo, stopping.Token);
        using var before = await Connect();
        await Ask(before);

        Directory.Delete(Path.GetDirectoryName(Socket)!, recursive: true);

        using var after = await Connect();
        await Ask(after);
        await Ask(before);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));
        }

        await stopping.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_file_that_is_in_the_way_gives_way_and_a_directory_is_named()
    {
        File.WriteAllText(Socket, "stale");
        FrontListener.Publish(Socket, NullLogger<FrontListener>.Instance).Dispose();
        File.Delete(Socket);
        Directory.CreateDirectory(Socket);
        var error = Assert.Throws<LocationException>(() => FrontListener.Publish(Socket, NullLogger<FrontListener>.Instance));
        Assert.Contains(Socket, error.Message, StringComparison.Ordinal);
        Assert.Contains($"rm -r {Socket}", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_one_listener_leaves_its_successors_socket_alone()
    {
        using var stopping = new CancellationTokenSource();
        var old = FrontListener.Publish(Socket, NullLogger<FrontListener>.Instance);
        File.Move(Socket, Socket + ".old");   // each process has a temporary name of its own, and here is only one process
        using var successor = FrontListener.Publish(Socket, NullLogger<FrontListener>.Instance);
        old.Dispose();
        var running = successor.Run(Echo, stopping.Token);
        using var client = await Connect();
        await Ask(client);
        await stopping.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task Echo(Socket socket, CancellationToken stopping)
    {
        using var _ = socket;
        var one = new byte[1];
        while (await socket.ReceiveAsync(one, stopping) > 0)
        {
            await socket.SendAsync(one, stopping);
        }
    }

    private async Task<Socket> Connect()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), deadline.Token);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await ticks.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    private static async Task Ask(Socket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.SendAsync(new byte[] { 7 }, deadline.Token);
        var answer = new byte[1];
        Assert.Equal(1, await socket.ReceiveAsync(answer, deadline.Token));
        Assert.Equal(7, answer[0]);
    }
}
