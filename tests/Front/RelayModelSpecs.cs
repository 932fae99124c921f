using System.Globalization;
using System.Text;
using CsCheck;

namespace Orchestrator.Front.Tests;

/// <summary>
/// Whatever happens to backends, the client sees what it would see of one that never dies: every request answered once and with its own answer, what it
/// says arrives in its order, and progress rises.
/// </summary>
public sealed class RelayModelSpecs
{
    private enum Step
    {
        Ask,
        AskWithProgress,
        Notify,
        Cancel,
        Answer,
        Progress,
        BackendAsks,
        ClientAnswers,
        Die,
        Come,
        Wait,
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_cannot_tell_that_its_server_dies(bool hasHandshake) =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 1000]).Array[0, 120].Sample(
            steps =>
            {
                var world = new World(hasHandshake);
                foreach (var (step, choice) in steps)
                {
                    world.Do(step, choice);
                }

                world.Finish();
            },
            iter: 20_000);

    /// <summary>A client, its relay, and one backend after the other, which keep account of what the client may see.</summary>
    private sealed class World : IRelayOutput
    {
        private readonly RelayState _relay;
        private readonly Dictionary<int, int> _deaths = [];
        private readonly Dictionary<int, double> _progress = [];
        private readonly HashSet<int> _open = [];
        private readonly HashSet<int> _cancelled = [];
        private readonly HashSet<int> _sent = [];
        private readonly List<int> _atBackend = [];
        private readonly List<string> _questions = [];
        private readonly Queue<JsonLine> _private = [];
        private long _lastSent;
        private int _ids;
        private int _asked;
        private bool _isConnected;
        private long _now = 1;

        public World(bool hasHandshake)
        {
            _relay = new RelayState(this, TimeSpan.FromDays(1));
            if (hasHandshake)
            {
                Come();
                Say("""{"jsonrpc":"2.0","id":"start","method":"initialize","params":{"protocolVersion":"2025-11-25"}}""");
                Backend("""{"jsonrpc":"2.0","id":"start","result":{"protocolVersion":"2025-11-25"}}""");
            }
        }

        public void Do(Step step, int choice)
        {
            switch (step)
            {
                case Step.Ask or Step.AskWithProgress:
                    var id = ++_ids;
                    _open.Add(id);
                    Say(Conversation.Call(id, step == Step.Ask ? "" : $",\"_meta\":{{\"progressToken\":{id}}}"));
                    break;
                case Step.Notify:
                    Say("""{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""");
                    break;
                case Step.Cancel when _open.Count > 0:
                    var given = Pick(_open, choice);
                    _open.Remove(given);
                    _cancelled.Add(given);
                    Say($$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{given}}}}}""");
                    break;
                case Step.Answer when _atBackend.Count > 0:
                    var answered = Pick(_atBackend, choice);
                    _atBackend.Remove(answered);
                    Backend(Answer(answered));
                    break;
                case Step.Progress when _atBackend.Count > 0:
                    Backend($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{Pick(_atBackend, choice)}}},"progress":{{{choice}}}}}""");
                    break;
                case Step.BackendAsks when _isConnected && _relay.IsReady:
                    Backend($$$"""{"jsonrpc":"2.0","id":{{{++_asked}}},"method":"elicitation/create","params":{"n":{{{choice % 3}}}}}""");
                    break;
                case Step.ClientAnswers when _questions.Count > 0:
                    var question = Pick(_questions, choice);
                    _questions.Remove(question);
                    Say($$$"""{"jsonrpc":"2.0","id":"{{{question}}}","result":{}}""");
                    break;
                case Step.Die when _isConnected:
                    Die();
                    break;
                case Step.Come when !_isConnected:
                    Come();
                    break;
                case Step.Wait:
                    _relay.Expire(Conversation.Down, _now += 4_000);
                    break;
            }
        }

        public void Finish()
        {
            if (!_isConnected)
            {
                Come();
            }

            AnswerAll();
            for (var trials = 0; trials < 8 && _relay.HasUnanswered; trials++)
            {
                Do(Step.Wait, 0);   // What waits for another trial gets it.
                AnswerAll();
            }

            Assert.Empty(_open);
            Assert.False(_relay.HasUnanswered);
            Assert.Equal(0, _relay.HeldBytes);
            Assert.True(_relay.IsReady);
        }

        private void AnswerAll()
        {
            while (_atBackend.Count > 0)
            {
                Do(Step.Answer, 0);
            }
        }

        void IRelayOutput.ToClient(ReadOnlyMemory<byte> bytes)
        {
            var (line, text) = (JsonLine.Parse(bytes), Encoding.UTF8.GetString(bytes.Span));
            switch (line.Kind)
            {
                case LineKind.Response when line.Id == "s:start":
                    break;
                case LineKind.Response:
                    var id = int.Parse(line.RawId.Span, CultureInfo.InvariantCulture);
                    Assert.True(_open.Remove(id), $"{id} is answered a second time, or although it was cancelled.");
                    var isPoison = text.Contains(RelayState.PoisonRequest, StringComparison.Ordinal);
                    Assert.Equal(isPoison, _deaths.GetValueOrDefault(id) > 2 && text != Answer(id));
                    Assert.True(isPoison || text == Answer(id));
                    break;
                case LineKind.Request:
                    _questions.Add(JsonId(line));
                    break;
                case LineKind.Notification when line.Method == "notifications/progress":
                    var token = int.Parse(line.Slice(line.ProgressingAt).Span, CultureInfo.InvariantCulture);
                    Assert.Contains(token, _open);
                    Assert.True(!_progress.TryGetValue(token, out var before) || line.Progress > before);
                    _progress[token] = line.Progress!.Value;
                    break;
                default:
                    Assert.Equal("notifications/cancelled", line.Method);   // of a question that nobody asks any more
                    _questions.Remove(line.RequestId![2..]);
                    break;
            }
        }

        void IRelayOutput.ToBackend(long sequence, ReadOnlyMemory<byte> bytes)
        {
            Assert.True(_isConnected);
            var line = JsonLine.Parse(bytes);
            if (sequence == 0)
            {
                _private.Enqueue(line);
            }
            else if (line.Kind == LineKind.Request && line.Id != "s:start")
            {
                var id = int.Parse(line.RawId.Span, CultureInfo.InvariantCulture);
                Assert.DoesNotContain(id, _atBackend);
                Assert.DoesNotContain(id, _cancelled);
                _atBackend.Add(id);
                if (_sent.Add(id))
                {
                    IsInOrder(sequence);
                }
            }
            else if (line.Method == "notifications/cancelled")
            {
                _atBackend.Remove(int.Parse(line.Slice(line.RequestIdAt).Span, CultureInfo.InvariantCulture));
            }
            else if (line.Kind == LineKind.Notification)
            {
                IsInOrder(sequence);
            }
        }

        // What is sent for the first time is sent in the order in which the client said it.
        private void IsInOrder(long sequence)
        {
            Assert.True(sequence > _lastSent);
            _lastSent = sequence;
        }

        private static string Answer(int id) =>
            string.Create(CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"of":{{{id}}}}}""");

        private static string JsonId(JsonLine line) => line.Id![2..];

        private static T Pick<T>(IReadOnlyCollection<T> from, int choice) => from.ElementAt(choice % from.Count);

        private void Come()
        {
            _isConnected = true;
            _asked = 0;
            _relay.OnBackendReady("1", _now);
            while (_private.TryDequeue(out var own))
            {
                if (own.Method == "initialize")
                {
                    Backend($$$"""{"jsonrpc":"2.0","id":"{{{JsonId(own)}}}","result":{"protocolVersion":"2025-11-25"}}""");
                }
            }
        }

        private void Die()
        {
            _isConnected = false;
            foreach (var id in _atBackend)
            {
                _deaths[id] = _deaths.GetValueOrDefault(id) + 1;
            }

            _atBackend.Clear();
            _relay.OnBackendLost(_now);
        }

        private void Say(string line) => _relay.OnClientLine(JsonLine.Parse(Encoding.UTF8.GetBytes(line)), _now);

        private void Backend(string line) => Assert.Null(_relay.OnBackendLine(JsonLine.Parse(Encoding.UTF8.GetBytes(line)), _now));
    }
}
