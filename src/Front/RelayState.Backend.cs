using Orchestrator.Protocol;

namespace Orchestrator.Front;

/// <content>What becomes of a backend's lines.</content>
internal sealed partial class RelayState
{
    /// <summary>One line of the backend. A refusal means that this backend is of no use to the client.</summary>
    public Refusal? OnBackendLine(JsonLine line, long now = 0)
    {
        _now = Math.Max(_now, now);
        switch (line.Kind)
        {
            case LineKind.Response:
                return OnBackendResponse(line);
            case LineKind.Request:
                _questions.Ask(line, _generation, LastSequence);
                return null;
            case LineKind.Notification:
                OnBackendNotification(line);
                return null;
            default:
                return null;   // Answers without an id, and what is no message: nobody waits for it.
        }
    }

    private void OnBackendNotification(JsonLine line)
    {
        switch (line.Method)
        {
            case "notifications/progress" when !IsProgress(line):
                return;
            case "notifications/cancelled":
                OnBackendCancelled(line);
                return;
            case "notifications/subscriptions/acknowledged" when !IsFirstAcknowledgement(line):
                return;
            case "notifications/message":
                _handshake.Told(line.NewsPosition);
                break;
        }

        _output.ToClient(line.Bytes);
    }

    // It must rise for as long as the request is open, however often that is begun again.
    private bool IsProgress(JsonLine line)
    {
        if (line.Progressing is null || _unanswered.FindByToken(line.Progressing) is not { } request || !(line.Progress > request.LastProgress))
        {
            return false;
        }

        request.LastProgress = line.Progress.Value;
        return true;
    }

    // A backend takes back a question of its own, or ends a subscription.
    private void OnBackendCancelled(JsonLine line)
    {
        if (line.RequestId is { } id && !_questions.OnCancelled(line, _generation) && _unanswered.Find(id) is { IsSubscription: true } subscription)
        {
            subscription.Closing = (line, _now);
        }
    }

    private bool IsFirstAcknowledgement(JsonLine line)
    {
        if (line.SubscriptionId is not { } id || _unanswered.Find(id) is not { IsSubscription: true } subscription)
        {
            return false;   // It has been cancelled.
        }

        var grant = new Grant(line.Slice(line.SubscriptionIdAt), line.Slice(line.FilterAt));
        if (subscription.Granted is not { } before)
        {
            subscription.Granted = grant;
            return true;
        }

        if (!grant.Covers(before))
        {
            // The client must hear that it gets less: it asks again when its subscription ends.
            _output.ToBackend(0, LocalAnswer.Cancelled(subscription.Line.RawId));
            Take(subscription);
            Reply(subscription, LocalAnswer.EndOfSubscription(subscription.Line.RawId, before.RawId));
        }

        return false;
    }

    private Refusal? OnBackendResponse(JsonLine line)
    {
        if (_unanswered.Find(line.Id!) is { } request)
        {
            if (request.IsSubscription && line.HasResult)
            {
                request.Closing = (line, _now);
            }
            else
            {
                OnAnswered(request, line);
            }

            return null;
        }

        if (line.Id == _awaitedTools)
        {
            _awaitedTools = null;
            AnnounceTools(line);
            return null;
        }

        return _mode == Mode.Handshake && line.Id == _awaited
            ? OnHandshakeRepeated(line)
            : null;   // Late, repeated, or the answer to a private request that nothing hangs on.
    }

    private void OnAnswered(PendingRequest request, JsonLine answer)
    {
        _handshake.Learn(request.Line, answer);
        _tools.Learn(request.Line, answer, _build);
        // Its answer is an empty object; what some backends say beside it is for us. One spelling, whichever of them answers.
        Reply(request, request.Line.Method == "logging/setLevel" && answer.HasResult ? LocalAnswer.Empty(request.Line.RawId) : answer.Bytes);
        Take(request);
    }

    private Refusal? OnHandshakeRepeated(JsonLine line)
    {
        if (!line.HasResult || line.ProtocolVersion != _handshake.ProtocolVersion)
        {
            return new Refusal(
                RefusalCode.ProtocolMismatch,
                $"The new backend does not speak the revision that this client has agreed on ({_handshake.ProtocolVersion}).",
                "Start this client again.");
        }

        Replay();
        EndHandshake(line.Id!);
        return null;
    }

    private void Replay()
    {
        var number = 2;
        if (!_handshake.Initialized.IsEmpty)
        {
            _output.ToBackend(0, _handshake.Initialized);
        }

        if (!_handshake.LogLevelParams.IsEmpty)
        {
            _output.ToBackend(0, LocalAnswer.PrivateRequest(PrivateId(number++), "logging/setLevel", _handshake.LogLevelToRepeat));
        }

        foreach (var resource in _handshake.ResourceParams)
        {
            _output.ToBackend(0, LocalAnswer.PrivateRequest(PrivateId(number++), "resources/subscribe", resource));
        }
    }

    // To those who were promised to hear of it, and to nobody else.
    private void AnnounceTools(JsonLine list)
    {
        if (!_tools.IsChanged(list, _build))
        {
            return;
        }

        if (_handshake is { IsDone: true, AnnouncesTools: true, Initialized.IsEmpty: false })
        {
            _output.ToClient(LocalAnswer.ToolsChanged(default));
        }

        foreach (var subscription in _unanswered.Subscriptions)
        {
            if (subscription.Granted is { HearsOfTools: true } grant)
            {
                _output.ToClient(LocalAnswer.ToolsChanged(grant.RawId));
            }
        }
    }

    private void EndClosings()
    {
        if (_mode == Mode.Disconnected)
        {
            return;
        }

        foreach (var subscription in _unanswered.Subscriptions.Where(open => open.Closing is { } closing && _now - closing.Since >= LongestClosing).ToList())
        {
            var line = subscription.Closing!.Value.Line;
            Take(subscription);
            Reply(subscription, line.Bytes);
        }
    }
}
