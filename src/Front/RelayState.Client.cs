namespace Orchestrator.Front;

/// <content>What becomes of the client's lines.</content>
internal sealed partial class RelayState
{
    public void OnClientLine(JsonLine line, long now)
    {
        _now = now;
        if (line.Kind == LineKind.Batch && _handshake.IsDone && _handshake.ProtocolVersion == Handshake.BatchVersion)
        {
            OnClientBatch(line);
            return;
        }

        OnClientMessage(line, null);
    }

    private void OnClientBatch(JsonLine line)
    {
        var messages = Batch.Split(line.Bytes);
        if (messages.Count == 0)
        {
            _output.ToClient(LocalAnswer.Error([], LocalAnswer.InvalidRequest, "The batch is empty."));
            return;
        }

        var batch = new Batch();
        foreach (var message in messages)
        {
            var one = JsonLine.Parse(message);
            if (one.Kind is LineKind.Junk or LineKind.Batch or LineKind.Invalid && one.RawId.IsEmpty)
            {
                batch.Expect();
                ToClient(batch, LocalAnswer.Error([], LocalAnswer.InvalidRequest, "This part of the batch is no message."));
            }
            else if (one.Method == "initialize")
            {
                batch.Expect();
                ToClient(batch, LocalAnswer.Error(one.RawId.Span, LocalAnswer.InvalidRequest, "initialize cannot be part of a batch."));
            }
            else
            {
                OnClientMessage(one, batch);
            }
        }

        ToClient(batch, default);   // Now it is complete.
    }

    private void OnClientMessage(JsonLine line, Batch? batch)
    {
        var verdict = LineRules.Judge(line);
        if (!verdict.Passes)
        {
            if (verdict.Answer is { } answer)
            {
                batch?.Expect();
                ToClient(batch, answer);
            }
            else if (line.Kind == LineKind.Response)
            {
                AnswerForClient(line);
            }

            return;
        }

        switch (line.Kind)
        {
            case LineKind.Request:
                batch?.Expect();
                OnClientRequest(line, batch);
                break;
            case LineKind.Notification:
                OnClientNotification(line);
                break;
            case LineKind.Response:
                _questions.OnAnswer(line, ++LastSequence, CurrentGeneration);
                break;
            case LineKind.Batch:
                _output.ToClient(LocalAnswer.Error([], LocalAnswer.InvalidRequest, "batches are not supported"));
                break;
        }
    }

    private int CurrentGeneration => _mode == Mode.Disconnected ? 0 : _generation;

    // The backend waits for an answer, and what the client gave is none.
    private void AnswerForClient(JsonLine line)
    {
        var answer = LocalAnswer.Error(line.RawId.Span, LocalAnswer.InvalidRequest, "The client's answer was malformed.");
        _questions.OnAnswer(JsonLine.Parse(answer), ++LastSequence, CurrentGeneration);
    }

    private void OnClientRequest(JsonLine line, Batch? batch)
    {
        // Their revision has neither; a backend would answer the one and stumble over the other.
        if (line.IsModern && line.Method is ("ping" or "initialize"))
        {
            ToClient(batch, LocalAnswer.Error(line.RawId.Span, LocalAnswer.MethodNotFound, $"{Handshake.ModernVersion} has no method '{line.Method}'."));
            return;
        }

        if (line.Method == "ping")
        {
            ToClient(batch, LocalAnswer.Empty(line.RawId));
            return;
        }

        if (line.Method == "initialize")
        {
            line = Handshake.Clamp(line);
            _handshake.Begin();
        }

        var request = new PendingRequest(line, ++LastSequence, _now, batch);
        if (_mode != Mode.Ready && AnswerFromSnapshot(request))
        {
            return;
        }

        _unanswered.Add(request);
        if (_mode == Mode.Ready)
        {
            Send(request);
        }
    }

    // A backend hears of the client's initialize later, as a new one does.
    private bool AnswerFromSnapshot(PendingRequest request)
    {
        var line = request.Line;
        var version = line.Method switch
        {
            "initialize" => _mode == Mode.Disconnected ? line.ProtocolVersion : null,
            _ when line.MetaVersion is not null && !line.HasCapabilities => null,   // a mistake, which a backend explains
            "server/discover" => line.IsModern ? Handshake.ModernVersion : null,
            "tools/list" or "prompts/list" or "resources/list" or "resources/templates/list" when !line.HasCursor =>
                line.IsModern ? Handshake.ModernVersion : _handshake.IsDone ? _handshake.ProtocolVersion : null,
            _ => null,
        };
        if (version is null || _snapshot() is not { } snapshot || (_mode != Mode.Disconnected && _build != snapshot.Build)
            || snapshot.Answer(line, version) is not { } answer)
        {
            return false;
        }

        _handshake.Learn(line, answer);
        _tools.Learn(line, answer, snapshot.Build);
        Reply(request, answer.Bytes);
        return true;
    }

    private void OnClientNotification(JsonLine line)
    {
        var sequence = ++LastSequence;
        switch (line.Method)
        {
            case "notifications/cancelled" or "notifications/progress" when _questions.ForBackend(line, CurrentGeneration) is { } forBackend:
                if (!forBackend.IsEmpty)
                {
                    _output.ToBackend(sequence, forBackend);
                }

                return;
            case "notifications/cancelled":
                OnCancelled(line, sequence);
                return;
            case "notifications/initialized":
                _handshake.Initialized = line.Bytes;
                break;
            case "notifications/progress" when _mode == Mode.Disconnected:
                return;   // It speaks of a question that died with its backend.
        }

        if (_mode == Mode.Ready)
        {
            _output.ToBackend(sequence, line.Bytes);
        }
        else if (line.Method != "notifications/initialized" || !_handshake.IsDone)   // otherwise the replay says it
        {
            _held.Add(sequence, line.Bytes);
        }
    }

    // Clients also cancel what was answered long ago; a backend has nothing to learn from that.
    private void OnCancelled(JsonLine line, long sequence)
    {
        if (line.RequestId is not { } id || _unanswered.Find(id) is not { } request)
        {
            return;
        }

        if (_mode != Mode.Disconnected && request.Generation == _generation)
        {
            _output.ToBackend(sequence, line.Bytes);
        }

        Take(request);
        ToClient(request.Batch, default);
    }
}
