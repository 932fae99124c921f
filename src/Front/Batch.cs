using System.Text.Json;

namespace Orchestrator.Front;

/// <summary>
/// A batch of revision 2025-03-26, whose requests go their own ways and whose answers return as one array. The backend's library drops batches.
/// </summary>
internal sealed class Batch
{
    private readonly List<ReadOnlyMemory<byte>> _answers = [];
    private int _expected = 1;   // itself, until all its messages have been looked at

    /// <summary>The messages of a batch, as they came.</summary>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> batch)
    {
        var messages = new List<ReadOnlyMemory<byte>>();
        var json = new Utf8JsonReader(batch.Span, new JsonReaderOptions { MaxDepth = 1000 });
        json.Read();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)json.TokenStartIndex;
            json.Skip();
            messages.Add(batch[start..(int)json.BytesConsumed]);
        }

        return messages;
    }

    /// <summary>One more answer is to come.</summary>
    public void Expect() => _expected++;

    /// <summary>An answer has come, or (empty) will never come. Returns the whole array with the last one; empty when there is nothing to say.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlyMemory<byte> answer)
    {
        if (!answer.IsEmpty)
        {
            _answers.Add(answer);
        }

        return --_expected == 0 && _answers.Count > 0 ? Join() : default;
    }

    private byte[] Join()
    {
        var joined = new byte[_answers.Sum(answer => answer.Length + 1) + 1];
        var at = 0;
        foreach (var answer in _answers)
        {
            joined[at++] = at == 1 ? (byte)'[' : (byte)',';
            answer.Span.CopyTo(joined.AsSpan(at));
            at += answer.Length;
        }

        joined[at] = (byte)']';
        return joined;
    }
}
