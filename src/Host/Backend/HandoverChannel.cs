using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Host.Backend;

/// <summary>
/// What the two processes of a hand-over say to each other: one JSON object to a line. Builds of different age must understand each other, so
/// members are only ever added, and what a build does not know it ignores.
/// </summary>
/// <param name="Kind">One of the constants.</param>
internal sealed record HandoverMessage(string Kind)
{
    /// <summary>Successor: I live.</summary>
    public const string Alive = "alive";
    /// <summary>Successor: I could serve; with what I am and what I would do to the database.</summary>
    public const string Ready = "ready";
    /// <summary>Successor: I cannot; with the reason.</summary>
    public const string Unable = "unable";
    /// <summary>Successor: I serve.</summary>
    public const string Serving = "serving";
    /// <summary>Successor: I have answered a first call.</summary>
    public const string Served = "served";
    /// <summary>Old process: be ready; when this line ends without another word I am dead, and my place is yours.</summary>
    public const string StandBy = "stand_by";
    /// <summary>Successor: so I do.</summary>
    public const string StandingBy = "standing_by";
    /// <summary>Old process: there will be nothing to take over; end.</summary>
    public const string Leave = "leave";
    /// <summary>Old process: I am about to close; whoever does not hear from me soon may take my place.</summary>
    public const string Closing = "closing";
    /// <summary>Old process: the database is closed and nobody holds it.</summary>
    public const string Go = "go";

    public int ProcessId { get; init; }
    public string? Instance { get; init; }
    public string? Build { get; init; }
    public string? Folder { get; init; }
    public string? Reason { get; init; }
    public IReadOnlyList<string>? Plan { get; init; }

    /// <summary>When calls began to wait, by the machine's clock that is never set.</summary>
    public long HeldAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(HandoverMessage))]
internal sealed partial class HandoverJson : JsonSerializerContext;

/// <summary>The private line between the two processes of a hand-over. The system closes it when one of them dies.</summary>
internal sealed class HandoverChannel(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim _writing = new(1);
    private StreamReader? _reader;

    /// <summary>The next message; null when the other process has gone.</summary>
    public async Task<HandoverMessage?> Receive(CancellationToken cancellation)
    {
        _reader ??= new StreamReader(_stream, Encoding.UTF8);
        try
        {
            return await _reader.ReadLineAsync(cancellation) is { } line ? JsonSerializer.Deserialize(line, HandoverJson.Default.HandoverMessage) : null;
        }
        catch (Exception gone) when (gone is IOException or JsonException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Says something. False when nobody listens any more.</summary>
    public async Task<bool> Send(HandoverMessage message)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(message, HandoverJson.Default.HandoverMessage), (byte)'\n'];
        await _writing.WaitAsync();
        try
        {
            await _stream.WriteAsync(line);
            return true;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _stream.Dispose();   // a writer may still be inside the semaphore, which holds nothing of the system's
}
