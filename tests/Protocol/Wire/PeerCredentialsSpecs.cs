using System.Net.Sockets;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Protocol.Tests.Wire;

public sealed class PeerCredentialsSpecs
{
    [Fact]
    public void Our_own_process_is_one_of_ours()
    {
        var path = Path.Combine(Path.GetTempPath(), $"peer-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var near = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        near.Connect(new UnixDomainSocketEndPoint(path));
        using var far = listener.Accept();
        Assert.True(PeerCredentials.Check(near));
        Assert.True(PeerCredentials.Check(far));
    }
}
