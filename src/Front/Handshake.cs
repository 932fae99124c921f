using System.Globalization;
using System.Text;

namespace Orchestrator.Front;

/// <summary>
/// What the client has agreed with a backend on this connection, in revisions that have a handshake. A new backend is told the same.
/// </summary>
internal sealed class Handshake
{
    /// <summary>The newest revision that has a handshake.</summary>
    public const string NewestVersion = "2025-11-25";

    /// <summary>The one revision in which several messages may come in one line.</summary>
    public const string BatchVersion = "2025-03-26";

    /// <summary>The revision without a handshake: each request names it.</summary>
    public const string ModernVersion = "2026-07-28";

    private static readonly string[] Versions = ["2024-11-05", BatchVersion, "2025-06-18", NewestVersion];

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _resources = new(StringComparer.Ordinal);

    /// <summary>True when an <c>initialize</c> has been answered with a result.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The client's own <c>params</c> of <c>initialize</c>.</summary>
    public ReadOnlyMemory<byte> InitializeParams { get; private set; }

    /// <summary>The revision that the first backend agreed to.</summary>
    public string? ProtocolVersion { get; private set; }

    /// <summary>The client was promised to hear when the list of tools changes.</summary>
    public bool AnnouncesTools { get; private set; }

    /// <summary>The client's <c>notifications/initialized</c>; empty until it has sent it.</summary>
    public ReadOnlyMemory<byte> Initialized { get; set; }

    /// <summary><c>params</c> of the last <c>logging/setLevel</c> that was granted.</summary>
    public ReadOnlyMemory<byte> LogLevelParams { get; private set; }

    /// <summary>How far the client has been told what happens, as far as backends say; null when it is told nothing.</summary>
    public long? NewsPosition { get; private set; }

    /// <summary>What a new backend is told in place of the client's <c>logging/setLevel</c>: the same, and where to go on.</summary>
    public ReadOnlyMemory<byte> LogLevelToRepeat => LogLevelParams.IsEmpty || NewsPosition is not { } position
        ? LogLevelParams
        : Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{Encoding.UTF8.GetString(LogLevelParams.Span)[..^1]},\"_meta\":{{\"{Protocol.Wire.NewsPosition.Member}\":{position}}}}}"));

    /// <summary><c>params</c> of each <c>resources/subscribe</c> that was granted and not taken back.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> ResourceParams => _resources.Values;

    /// <summary>
    /// The request itself, or one that asks for the newest revision that has a handshake: to a revision that the server does not know it is to
    /// answer with one that it knows, and the backend's library answers with an error.
    /// </summary>
    public static JsonLine Clamp(JsonLine initialize) =>
        initialize.ProtocolVersion is { } version && !Versions.Contains(version)
            ? JsonLine.Parse(initialize.With(initialize.ProtocolVersionAt, "\"2025-11-25\""u8))
            : initialize;

    /// <summary>The client has asked for a handshake: what was agreed before counts no more.</summary>
    public void Begin()
    {
        IsDone = AnnouncesTools = false;
        Initialized = default;
        LogLevelParams = default;
        NewsPosition = null;
        _resources.Clear();
    }

    /// <summary>A message on its way to the client says how far it is.</summary>
    public void Told(long? position) => NewsPosition = position ?? NewsPosition;

    /// <summary>Remembers what an answer settled.</summary>
    public void Learn(JsonLine request, JsonLine reply)
    {
        if (!reply.HasResult)
        {
            return;
        }

        switch (request.Method)
        {
            case "initialize":
                IsDone = true;
                InitializeParams = request.Params;
                ProtocolVersion = reply.ProtocolVersion;
                AnnouncesTools = reply.AnnouncesTools;
                break;
            case "logging/setLevel":
                LogLevelParams = request.Params;
                NewsPosition = reply.NewsPosition is { } from ? Math.Max(from, NewsPosition ?? 0) : null;   // a message may have overtaken the answer
                break;
            case "resources/subscribe" when request.Uri is { } uri:
                _resources[uri] = request.Params;
                break;
            case "resources/unsubscribe" when request.Uri is { } uri:
                _resources.Remove(uri);
                break;
        }
    }
}
