using System.Globalization;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front;

/// <summary>How a backend is started. The front appends <c>backend --data-dir PATH</c> and, where there is one, <c>--workspace PATH</c>.</summary>
/// <param name="Executable">A full path, or a name that PATH finds.</param>
/// <param name="Arguments">What comes before <c>backend</c>, such as the assembly that <c>dotnet</c> is to run.</param>
public sealed record BackendCommand(string Executable, IReadOnlyList<string> Arguments);

/// <summary>What a front needs to know.</summary>
/// <param name="Location">The data directory whose backend it talks to.</param>
/// <param name="Backend">How to start that backend.</param>
public sealed record FrontOptions(DataDirectory Location, BackendCommand Backend)
{
    /// <summary>
    /// The longest line of a client: enough for a work product of 50 MB, of which a line is base64 or escaped text. ORCHESTRATOR_MAX_LINE_BYTES
    /// sets another limit.
    /// </summary>
    public const int DefaultMaxLine = 64 * 1024 * 1024;

    /// <summary>The file that holds what a backend of this build answers about itself to a front of this profile.</summary>
    public static string SnapshotFile(ToolProfile profile) => profile == ToolProfile.Core ? "snapshot.json" : $"snapshot.{profile.Word()}.json";

    /// <summary>A line that is longer is answered with an error and not kept.</summary>
    public int MaxLine { get; init; } = MaxLineFrom(Environment.GetEnvironmentVariable("ORCHESTRATOR_MAX_LINE_BYTES"));

    /// <summary>Which tools the client is told of.</summary>
    public ToolProfile Profile { get; init; }

    /// <summary>Where a snapshot may lie: beside the front's program.</summary>
    public string SnapshotDirectory { get; init; } = AppContext.BaseDirectory;

    /// <summary>How long a request may wait for a backend before it is answered with the reason; clients give up after 60 s.</summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a backend may take to say hello.</summary>
    public TimeSpan HelloLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long answers are awaited after the client has closed its end.</summary>
    public TimeSpan EndGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The shortest pause between attempts once the backend has proved unavailable.</summary>
    public TimeSpan SlowRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A limit in bytes, within what a frame can carry; the default for what is no number.</summary>
    public static int MaxLineFrom(string? bytes) =>
        long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? (int)Math.Clamp(limit, 4096, FrameHeader.MaxPayload)
            : DefaultMaxLine;
}
