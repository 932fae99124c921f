using System.Globalization;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front;

/// <summary>How a server is started.</summary>
/// <param name="Executable">A full path, or a name that PATH finds.</param>
/// <param name="Arguments">All of its arguments, such as the assembly that <c>dotnet</c> is to run.</param>
public sealed record BackendCommand(string Executable, IReadOnlyList<string> Arguments)
{
    /// <summary>This program, as the backend of a data directory: <c>backend --data-dir PATH</c> and, where there is one, <c>--workspace PATH</c>.</summary>
    public BackendCommand Serving(DataDirectory location)
    {
        string[] workspace = location.Workspace is { } path ? ["--workspace", path] : [];
        return this with { Arguments = [.. Arguments, "backend", "--data-dir", location.Path, .. workspace] };
    }
}

/// <summary>
/// What a front needs to know. Nothing else in this assembly is about one product: with a location and a command of its own, any server that speaks the
/// frames of <see cref="FrameStream"/>, says <see cref="Hello"/> first, and finds a repeated request by its number can stand behind it.
/// </summary>
/// <param name="Location">Where the server listens, and what it serves.</param>
/// <param name="Backend">How it is started when nobody listens. It ends with <see cref="BackendExitCode.AlreadyServed"/> when another one serves.</param>
public sealed record FrontOptions(IServerLocation Location, BackendCommand Backend)
{
    /// <summary>What lines on standard error begin with.</summary>
    public string Name { get; init; } = "orchestrator";

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

    /// <summary>The folder of the program that this front starts as a backend; null when it is not known.</summary>
    public string? Program { get; init; } = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    /// <summary>Whether a restart that its client asks for leads to <see cref="Program"/>, whichever version that is.</summary>
    public bool Insists { get; init; }

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
