namespace Orchestrator.Front;

/// <summary>Where a <see cref="RelayState"/> sends what it has decided to send.</summary>
internal interface IRelayOutput
{
    /// <summary>One line for the client, without its newline.</summary>
    void ToClient(ReadOnlyMemory<byte> line);

    /// <summary>One line for the connected backend; sequence 0 for the front's own.</summary>
    void ToBackend(long sequence, ReadOnlyMemory<byte> line);
}
