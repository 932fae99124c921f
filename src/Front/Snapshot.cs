using System.Text.Json;
using Orchestrator.Protocol;

namespace Orchestrator.Front;

/// <summary>
/// What a backend of this very build answers to questions about itself, recorded when it was published: so that a client that starts us need not
/// wait until the first backend serves. Some give a server three seconds.
/// </summary>
/// <remarks>The file: <c>{"build":"...","answers":{"revision":{"method":{"result":{...}}}}}</c>, or <c>error</c> for <c>result</c>.</remarks>
internal sealed class Snapshot
{
    private readonly Dictionary<(string Version, string Method), ReadOnlyMemory<byte>> _answers = [];

    private Snapshot(string build) => Build = build;

    /// <summary>The build whose answers these are.</summary>
    public string Build { get; }

    /// <summary>The snapshot of a profile in a directory; null when there is none, or none of this build.</summary>
    public static Snapshot? Load(string directory, string build, ToolProfile profile)
    {
        try
        {
            var path = Path.Join(directory, FrontOptions.SnapshotFile(profile));
            return File.Exists(path) && Parse(File.ReadAllBytes(path)) is { } snapshot && snapshot.Build == build ? snapshot : null;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;   // It saves time and is needed for nothing.
        }
    }

    public static Snapshot? Parse(ReadOnlyMemory<byte> file)
    {
        Snapshot? snapshot = null;
        var json = new Utf8JsonReader(file.Span);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("build"u8) && json.Read())
            {
                snapshot = new Snapshot(json.GetString() ?? "");
            }
            else if (json.ValueTextEquals("answers"u8) && json.Read())
            {
                snapshot?.ReadAnswers(ref json, file);
            }
            else
            {
                json.Skip();
            }
        }

        return snapshot;
    }

    /// <summary>The answer, as a line for the client; null when none was recorded.</summary>
    public JsonLine? Answer(JsonLine request, string version)
    {
        if (!_answers.TryGetValue((version, request.Method!), out var rest))
        {
            return null;
        }

        // {"result":...} becomes {"jsonrpc":"2.0","id":...,"result":...}
        ReadOnlySpan<byte> start = "{\"jsonrpc\":\"2.0\",\"id\":"u8;
        var id = request.RawId.Span;
        var line = new byte[start.Length + id.Length + rest.Length];
        start.CopyTo(line);
        id.CopyTo(line.AsSpan(start.Length));
        line[start.Length + id.Length] = (byte)',';
        rest.Span[1..].CopyTo(line.AsSpan(start.Length + id.Length + 1));
        return JsonLine.Parse(line);
    }

    private void ReadAnswers(ref Utf8JsonReader json, ReadOnlyMemory<byte> file)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var version = json.GetString()!;
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var method = json.GetString()!;
                json.Read();
                var start = (int)json.TokenStartIndex;
                json.Skip();
                _answers[(version, method)] = file[start..(int)json.BytesConsumed];
            }
        }
    }
}
