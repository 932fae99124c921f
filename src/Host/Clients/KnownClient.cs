namespace Orchestrator.Host.Clients;

/// <summary>How a client's configuration is written.</summary>
internal enum ConfigFormat
{
    /// <summary>JSON, with comments and trailing commas where somebody put them.</summary>
    Json,
    /// <summary>TOML.</summary>
    Toml,
    /// <summary>YAML.</summary>
    Yaml,
}

/// <summary>Which members a client wants to see in the entry of a server.</summary>
internal enum EntryShape
{
    /// <summary><c>command</c> and <c>args</c>.</summary>
    Plain,
    /// <summary>With <c>"type": "stdio"</c>.</summary>
    Stdio,
    /// <summary>With <c>"type": "local"</c> and the tools that may be used.</summary>
    Copilot,
    /// <summary>One array of command and arguments, <c>"type": "local"</c>, <c>enabled</c>.</summary>
    OpenCode,
}

/// <summary>One path on each system. <c>{home}</c>, <c>{config}</c> and <c>{appdata}</c> stand for the user's directories.</summary>
internal sealed record PerSystem(string Linux, string MacOs, string Windows)
{
    public static PerSystem Same(string path) => new(path, path, path);
}

/// <summary>A program that can use MCP servers, and where it looks for them.</summary>
/// <param name="Id">What <c>--client</c> names.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Container">The member that holds all servers.</param>
/// <param name="Shape">Members of an entry.</param>
/// <param name="User">The user's configuration file; of several the first one that exists, else the first.</param>
internal sealed record KnownClient(string Id, string Name, string Container, EntryShape Shape, params PerSystem[] User)
{
    /// <summary>How the file is written.</summary>
    public ConfigFormat Format { get; init; }

    /// <summary>The file within a project; null when the client has none.</summary>
    public string? Project { get; init; }

    /// <summary>Exists where the client does; null: the folder of its configuration.</summary>
    public PerSystem? Marker { get; init; }

    /// <summary>An environment variable that moves the file, and what follows after its value.</summary>
    public (string Variable, string Then)? Moved { get; init; }

    /// <summary>A file whose presence, without one of <see cref="User"/>, means that the client must not get a new file beside it.</summary>
    public string? Legacy { get; init; }

    /// <summary>What must be done before the client sees a change.</summary>
    public string After { get; init; } = "Start a new session there.";
}
