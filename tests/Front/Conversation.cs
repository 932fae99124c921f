using System.Globalization;
using System.Text;
using Orchestrator.Protocol;

namespace Orchestrator.Front.Tests;

/// <summary>The rules of a relay between a client and a backend that are both a spec's.</summary>
internal sealed class Conversation
{
    public const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";
    public static readonly Refusal Down = new("BACKEND_UNAVAILABLE", "It is down.", "Wait.");

    private readonly RecordingOutput _sent = new();

    public Conversation(Snapshot? snapshot = null) => State = new RelayState(_sent, TimeSpan.FromSeconds(45), () => snapshot);

    public RelayState State { get; }

    public long Now { get; set; } = 1000;

    /// <summary>What the client has got since it was looked at last.</summary>
    public string[] ToClient => Take(_sent.Client);

    /// <summary>What backends have got since it was looked at last.</summary>
    public string[] ToBackend => Take(_sent.Backend).Select(sent => sent.Line).ToArray();

    public Conversation Client(params string[] lines)
    {
        foreach (var line in lines)
        {
            State.OnClientLine(Line(line), Now);
        }

        return this;
    }

    public Conversation Backend(params string[] lines)
    {
        foreach (var line in lines)
        {
            Assert.Null(State.OnBackendLine(Line(line), Now));
        }

        return this;
    }

    public Conversation Ready(string build = "1")
    {
        State.OnBackendReady(build, Now);
        return this;
    }

    public Conversation Lose()
    {
        State.OnBackendLost(Now);
        return this;
    }

    public Conversation Pass(int milliseconds)
    {
        Now += milliseconds;
        State.Expire(Down, Now);
        return this;
    }

    /// <summary>With a handshake behind it, and nothing of it to be looked at.</summary>
    public Conversation Agree(string version = "2025-06-18", bool announces = true, bool initialized = true)
    {
        Client(Initialize(version)).Backend(
            $$$$$"""{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"{{{{{version}}}}}","capabilities":{"tools":{"listChanged":{{{{{(announces ? "true" : "false")}}}}}}}}}""");
        if (initialized)
        {
            Client(Initialized);
        }

        _ = (ToClient, ToBackend);
        return this;
    }

    /// <summary>The next backend, which agrees to what its predecessor had.</summary>
    public Conversation Restart(int generation, string version = "2025-06-18", string build = "1")
    {
        Lose().Ready(build);
        return Backend(string.Create(
            CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":"front:{{{generation}}}:1","result":{"protocolVersion":"{{{version}}}"}}"""));
    }

    public static string Initialize(string version) =>
        $$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{version}}}"}}""";

    public static string Call(int id, string more = "") => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"t{{{id}}}"{{{more}}}}}""");

    public static string Result(int id) => string.Create(CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{}}""");

    private static JsonLine Line(string text) => JsonLine.Parse(Encoding.UTF8.GetBytes(text));

    private static T[] Take<T>(List<T> sent)
    {
        T[] all = [.. sent];
        sent.Clear();
        return all;
    }
}
