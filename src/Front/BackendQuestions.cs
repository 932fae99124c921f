using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Front;

/// <summary>
/// What backends ask the client: elicitation, sampling, roots, ping. Every backend counts its questions from one, so the client sees each under an
/// id that names the generation. A request that is run again asks again; the client is asked once: its answer, or its working on it, is adopted.
/// </summary>
internal sealed class BackendQuestions(IRelayOutput output)
{
    // An answer is remembered for a repetition that may never come.
    private const int MaxRemembered = 256;
    private const int MaxAnswer = 1024 * 1024;

    private readonly List<Question> _questions = [];

    /// <summary>Asks the client, unless it was asked the same by a backend that has died.</summary>
    /// <param name="line">The backend's question.</param>
    /// <param name="generation">The backend that asks.</param>
    /// <param name="until">The last request of the client that can have led to it.</param>
    public void Ask(JsonLine line, int generation, long until)
    {
        if (_questions.Find(question => question.Generation < generation && question.IsSame(line)) is { } known)
        {
            known.AskedBy(line, generation, until);
            if (known.Answer is { } answer)
            {
                output.ToBackend(known.AnswerSequence, answer.With(answer.IdAt, known.RawId.Span));
            }

            return;
        }

        if (_questions.Count >= MaxRemembered)
        {
            _questions.RemoveAll(question => question.Answer is not null);
        }

        var asked = new Question(line, generation, until);
        _questions.Add(asked);
        output.ToClient(asked.ForClient(line));
    }

    /// <summary>The client has answered. Nobody hears it twice, and no backend hears an answer to a question of another.</summary>
    public void OnAnswer(JsonLine line, long sequence, int current)
    {
        if (_questions.Find(question => question.ClientId == line.Id) is not { Answer: null } question)
        {
            return;
        }

        if (question.Generation == current)
        {
            output.ToBackend(sequence, line.With(line.IdAt, question.RawId.Span));
        }

        if (question.IsPing || line.Bytes.Length > MaxAnswer)
        {
            _questions.Remove(question);
        }
        else
        {
            question.Answered(line, sequence);
        }
    }

    /// <summary>
    /// A notification of the client about a question (its progress, its cancellation), as the backend knows it; empty when that backend is
    /// gone. Null when it is about none.
    /// </summary>
    public ReadOnlyMemory<byte>? ForBackend(JsonLine line, int current)
    {
        var (question, range) = line.Method == "notifications/progress"
            ? (_questions.Find(asked => asked.ClientToken is not null && asked.ClientToken == line.Progressing), line.ProgressingAt)
            : (_questions.Find(asked => asked.ClientId == line.RequestId), line.RequestIdAt);
        if (question is null)
        {
            return null;
        }

        return question.Generation != current ? ReadOnlyMemory<byte>.Empty
            : line.With(range, line.Method == "notifications/progress" ? question.RawToken.Span : question.RawId.Span);
    }

    /// <summary>A backend takes back a question. False when it is none of its.</summary>
    public bool OnCancelled(JsonLine line, int generation)
    {
        if (_questions.Find(asked => asked.Generation == generation && asked.BackendId == line.RequestId) is not { Answer: null } question)
        {
            return false;
        }

        _questions.Remove(question);
        output.ToClient(line.With(line.RequestIdAt, question.RawClientId));
        return true;
    }

    /// <summary>Forgets what can no longer be asked again, and tells the client which of its work nobody needs any more.</summary>
    /// <param name="oldest">The oldest request of the client that is unanswered: it may still lead to its question.</param>
    /// <param name="current">The backend that serves; 0 when none does.</param>
    public void Settle(long oldest, int current)
    {
        for (var i = _questions.Count - 1; i >= 0; i--)
        {
            var question = _questions[i];
            var isOver = question.Answer is not null || question.Generation != current;
            if (isOver && (question.Until < oldest || question.IsPing))
            {
                _questions.RemoveAt(i);
                if (question is { Answer: null, IsPing: false })
                {
                    output.ToClient(question.Cancellation());
                }
            }
        }
    }

    private sealed class Question
    {
        private readonly string _method;
        private readonly ReadOnlyMemory<byte> _before;
        private readonly ReadOnlyMemory<byte> _after;

        public Question(JsonLine line, int generation, long until)
        {
            _method = line.Method!;
            (_before, _after) = Asked(line);
            RawClientId = Rename(line.RawId.Span, generation);
            ClientId = "s:" + Text(RawClientId);
            if (line.ProgressToken is not null)
            {
                RawClientToken = Rename(line.Slice(line.ProgressTokenAt).Span, generation);
                ClientToken = "s:" + Text(RawClientToken);
            }

            AskedBy(line, generation, until);
        }

        public string ClientId { get; }

        public byte[] RawClientId { get; }

        public string? ClientToken { get; }

        public int Generation { get; private set; }

        public long Until { get; private set; }

        public string? BackendId { get; private set; }

        public ReadOnlyMemory<byte> RawId { get; private set; }

        public ReadOnlyMemory<byte> RawToken { get; private set; }

        public JsonLine? Answer { get; private set; }

        public long AnswerSequence { get; private set; }

        public bool IsPing => _method == "ping";

        private byte[]? RawClientToken { get; }

        public bool IsSame(JsonLine line)
        {
            var (before, after) = Asked(line);
            return !IsPing && _method == line.Method && _before.Span.SequenceEqual(before.Span) && _after.Span.SequenceEqual(after.Span);
        }

        public void AskedBy(JsonLine line, int generation, long until)
        {
            (Generation, Until, BackendId, RawId) = (generation, until, line.Id, line.RawId);
            RawToken = line.Slice(line.ProgressTokenAt);
        }

        public void Answered(JsonLine line, long sequence) => (Answer, AnswerSequence) = (line, sequence);

        public byte[] ForClient(JsonLine line)
        {
            if (RawClientToken is null)
            {
                return line.With(line.IdAt, RawClientId);
            }

            // The later one first, so that the place of the other stays.
            return line.IdAt.Start > line.ProgressTokenAt.Start
                ? JsonLine.Parse(line.With(line.IdAt, RawClientId)) is var renamed ? renamed.With(renamed.ProgressTokenAt, RawClientToken) : []
                : JsonLine.Parse(line.With(line.ProgressTokenAt, RawClientToken)) is var tokened ? tokened.With(tokened.IdAt, RawClientId) : [];
        }

        public byte[] Cancellation() => Encoding.UTF8.GetBytes(
            $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{Encoding.UTF8.GetString(RawClientId)}}},"reason":"The server was restarted."}}""");

        // What makes two questions the same: everything but the token, which a backend chooses anew.
        private static (ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After) Asked(JsonLine line)
        {
            if (line.ProgressToken is null)
            {
                return (line.Params, default);
            }

            var (start, token) = (line.ParamsAt.Start, line.ProgressTokenAt);
            var end = token.Start + token.Length;
            return (line.Bytes[start..token.Start], line.Bytes[end..(start + line.ParamsAt.Length)]);
        }

        private static byte[] Rename(ReadOnlySpan<byte> rawId, int generation)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"g{generation}-{Encoding.UTF8.GetString(rawId)}");
            return Encoding.UTF8.GetBytes('"' + JsonEncodedText.Encode(name).ToString() + '"');
        }

        private static string Text(byte[] rawText)
        {
            var json = new Utf8JsonReader(rawText);
            json.Read();
            return json.GetString()!;
        }
    }
}
