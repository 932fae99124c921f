using System.Text;

namespace Orchestrator.Front.Tests;

/// <summary>Remembers what a relay sends, as text.</summary>
internal sealed class RecordingOutput : IRelayOutput
{
    public List<string> Client { get; } = [];

    public List<(long Sequence, string Line)> Backend { get; } = [];

    public void ToClient(ReadOnlyMemory<byte> line) => Client.Add(Encoding.UTF8.GetString(line.Span));

    public void ToBackend(long sequence, ReadOnlyMemory<byte> line) => Backend.Add((sequence, Encoding.UTF8.GetString(line.Span)));
}
