using System.Buffers;
using System.Text.Json;

namespace Orchestrator.Protocol.Wire;

/// <summary>The first frame each way: who is speaking, and which versions of this protocol it knows.</summary>
/// <param name="MinVersion">Oldest protocol version that the sender speaks.</param>
/// <param name="MaxVersion">Newest protocol version that the sender speaks.</param>
/// <param name="Build">The sender's build, for people and for the upgrade.</param>
/// <param name="DataDirectory">The identity of the data directory, <see cref="Locations.DataDirectory.Identity"/>; not its path.</param>
/// <param name="Front">The front's instance id, 32 lower-case hex digits; null from a backend.</param>
/// <param name="LastSequence">From a front: the highest sequence that it ever used. From a backend: 0.</param>
/// <param name="ProcessId">The sender's process.</param>
public sealed record Hello(
    int MinVersion, int MaxVersion, string Build, string DataDirectory, string? Front, long LastSequence, int ProcessId)
{
    /// <summary>The protocol version of this build.</summary>
    public const int Version = 3;

    /// <summary>The oldest version that this build still speaks.</summary>
    public const int OldestVersion = 1;

    /// <summary>The first version in which a backend answers <see cref="FrameHeader.AskForAck"/>.</summary>
    public const int AnsweringVersion = 2;

    /// <summary>The first version in which a front knows <see cref="FrameKind.Hold"/>.</summary>
    public const int HoldingVersion = 3;

    private const string Magic = "orchestrator";

    /// <summary>From a front: which tools its client is to be told of. A build that does not know the profile lists the core.</summary>
    public ToolProfile Profile { get; init; }

    /// <summary>From a front: the folder of the program that it would start as a backend. A newer one takes the place of an older backend.</summary>
    public string? Program { get; init; }

    /// <summary>From a front: a restart that it asks for is to lead to <see cref="Program"/>, be it newer or older. No client can say this.</summary>
    public bool Insists { get; init; }

    /// <summary>From a command line: it only looks. It is answered with the backend's hello and is no front; a build that does not know this sees one.</summary>
    public bool Looks { get; init; }

    /// <summary>From a backend: it understands <see cref="FrameKind.Keyed"/>. A build that does not know this drops such a frame.</summary>
    public bool TakesKeys { get; init; }

    /// <summary>From a backend to one who looks: where its gate stands, in words.</summary>
    public string? Gate { get; init; }

    /// <summary>From a backend to one who looks: how many fronts are connected.</summary>
    public int? Fronts { get; init; }

    /// <summary>The newest version that both speak; null when there is none.</summary>
    public static int? Negotiate(Hello mine, Hello theirs)
    {
        var newest = Math.Min(mine.MaxVersion, theirs.MaxVersion);
        return newest >= Math.Max(mine.MinVersion, theirs.MinVersion) ? newest : null;
    }

    /// <summary>The payload of a hello frame.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("magic"u8, Magic);
            json.WriteNumber("min_version"u8, MinVersion);
            json.WriteNumber("max_version"u8, MaxVersion);
            json.WriteString("build"u8, Build);
            json.WriteString("data_directory"u8, DataDirectory);
            json.WriteString("front"u8, Front);
            json.WriteNumber("last_sequence"u8, LastSequence);
            json.WriteNumber("process_id"u8, ProcessId);
            json.WriteString("profile"u8, Profile.Word());
            if (Program is not null)
            {
                json.WriteString("program"u8, Program);
                json.WriteBoolean("insists"u8, Insists);
            }

            if (Looks)
            {
                json.WriteBoolean("looks"u8, true);
            }

            if (TakesKeys)
            {
                json.WriteBoolean("takes_keys"u8, true);
            }

            if (Gate is not null)
            {
                json.WriteString("gate"u8, Gate);
            }

            if (Fronts is { } fronts)
            {
                json.WriteNumber("fronts"u8, fronts);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the payload of a hello frame. Members that this build does not know are ignored.</summary>
    /// <exception cref="WireException">It is not a hello.</exception>
    public static Hello Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var json = new Utf8JsonReader(utf8);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject
                || !json.Read() || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("magic"u8)
                || !json.Read() || json.TokenType != JsonTokenType.String || !json.ValueTextEquals(Magic))
            {
                throw new WireException("The other side of the socket is not Orchestrator: its hello does not begin with the magic word.");
            }

            return ReadMembers(ref json);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new WireException($"The hello of the other side cannot be read: {failure.Message}", failure);
        }
    }

    private static Hello ReadMembers(ref Utf8JsonReader json)
    {
        int? minVersion = null, maxVersion = null;
        string? build = null, dataDirectory = null, front = null, program = null, gate = null;
        int? fronts = null;
        var (insists, looks, takesKeys) = (false, false, false);
        var lastSequence = 0L;
        var processId = 0;
        var profile = ToolProfile.Core;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "min_version": minVersion = json.GetInt32(); break;
                case "max_version": maxVersion = json.GetInt32(); break;
                case "build": build = json.GetString(); break;
                case "data_directory": dataDirectory = json.GetString(); break;
                case "front": front = json.GetString(); break;
                case "last_sequence": lastSequence = json.GetInt64(); break;
                case "process_id": processId = json.GetInt32(); break;
                case "profile": profile = ToolProfiles.Find(json.GetString()) ?? ToolProfile.Core; break;
                case "program": program = json.GetString(); break;
                case "insists": insists = json.GetBoolean(); break;
                case "looks": looks = json.GetBoolean(); break;
                case "takes_keys": takesKeys = json.GetBoolean(); break;
                case "gate": gate = json.GetString(); break;
                case "fronts": fronts = json.GetInt32(); break;
                default: json.Skip(); break;
            }
        }

        return new Hello(
            minVersion ?? throw Missing("min_version"),
            maxVersion ?? throw Missing("max_version"),
            build ?? throw Missing("build"),
            dataDirectory ?? throw Missing("data_directory"),
            front, lastSequence, processId)
        { Profile = profile, Program = program, Insists = insists, Looks = looks, TakesKeys = takesKeys, Gate = gate, Fronts = fronts };
    }

    private static WireException Missing(string member) => new($"The hello of the other side has no {member}.");
}
