using System.Diagnostics;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Front.Tests;

/// <summary>The front as a library: what others see of it, and that it is not bound to one server.</summary>
public sealed class FaceSpecs : IDisposable
{
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Its_face_is_three_types() => Assert.Equal(
        ["BackendCommand", "FrontOptions", "FrontProcess"], typeof(FrontProcess).Assembly.GetExportedTypes().Select(type => type.Name).Order());

    [Fact]
    public async Task Before_another_server_it_uses_that_servers_places_command_and_name()
    {
        var other = new OtherServer(Path.GetDirectoryName(_home.Location.Path)!);
        var program = BackendProgram.For(_home);
        using var front = new RunningFront(_home, options => new FrontOptions(
            other, program with { Arguments = [program.Arguments[0], other.SocketPath, other.Identity] })
        {
            Name = "other",
        });
        await front.WriteAsync(Conversation.Call(1));
        var first = await front.ReadAsync();
        using var backend = Process.GetProcessById(int.Parse(first![(first!.LastIndexOf(':') + 1)..^1], null));
        backend.Kill();
        await front.WriteAsync(Conversation.Call(2));
        Assert.NotEqual(first.Replace("\"id\":1", "\"id\":2", StringComparison.Ordinal), await front.ReadAsync());
        Assert.True(File.Exists(other.SpawnLockPath));
        Assert.True(File.Exists(other.LogPath));
        Assert.False(Path.Exists(_home.Location.RunDirectory));
        Assert.False(Path.Exists(_home.Location.Path));
    }

    private sealed class OtherServer(string home) : IServerLocation
    {
        public string Path => System.IO.Path.Join(home, "other/store");

        public string Identity => "another server";

        public string SocketPath => System.IO.Path.Join(home, "o.sock");

        public string SpawnLockPath => System.IO.Path.Join(home, "o.spawn");

        public string LockPath => System.IO.Path.Join(home, "o.lock");

        public string LogPath => System.IO.Path.Join(home, "o.log");

        public void PrepareRunDirectory()
        {
        }

        public void PrepareDataDirectory() => Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
    }
}
