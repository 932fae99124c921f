using Orchestrator.Protocol;

namespace Orchestrator.Front;

/// <content>How a request that kills backends is found out, so that it does not take the others with it.</content>
internal sealed partial class RelayState
{
    // After two backends in a row have died with a request, it is tried alone.
    private const int DeathsOfSuspects = 2;

    // Somebody who kills backends at random may hit a suspect that is innocent, too. So it is named only when it has killed three that were alone
    // with it, and between these each time one lived without it for a good while longer than they did. With two seconds of that, one request in 1,000
    // kills, 2.5 s apart, was named that was innocent.
    private const int DeathsOnTrial = 3;
    private const long ShortestControl = 8_000;
    private const long LongestControl = 12_000;

    // What else is with the backend is answered first, if it does not take long.
    private const long LongestQuieting = 1_000;

    // A suspect that has run for so long is not what kills backends; it may simply be slow.
    private const long LongestTrial = 10_000;

    private void GoOnWithTrials(long now)
    {
        if (_mode == Mode.Ready && _control is { } control && now >= control.Until)
        {
            _control = null;
            Try(control.Suspect);
        }
        else if (_mode == Mode.Trial && _onTrial!.Generation != _generation)
        {
            SendOnTrial(evenIfNotAlone: now - _trialSince >= LongestQuieting);
        }
        else if (_mode == Mode.Trial && now - _trialSince >= LongestTrial)
        {
            (_onTrial!.Deaths, _onTrial.Trials) = (0, 0);
            EndTrial();
        }
    }

    private void Try(PendingRequest suspect)
    {
        (_mode, _onTrial, _trialSince) = (Mode.Trial, suspect, _now);
        SendOnTrial();
    }

    private void SendOnTrial(bool evenIfNotAlone = false)
    {
        if (_onTrial!.Generation != _generation
            && (evenIfNotAlone || !_unanswered.InOrder.Any(r => r.Generation == _generation && !r.IsSubscription)))
        {
            _trialSince = _now;
            Send(_onTrial);
        }
    }

    // A backend has died. With a suspect alone that speaks against it; as soon without it, for it.
    private void Judge(long now)
    {
        if (_control is { Suspect: var innocent })
        {
            (innocent.Deaths, innocent.Trials) = (0, 0);
        }
        else if (_onTrial is { } tried && tried.Generation == _generation)
        {
            tried.DiedAfter = now - _trialSince;
            if (++tried.Trials >= DeathsOnTrial)
            {
                Convict(tried);
            }
        }
    }

    private void EndTrial()
    {
        (_mode, _onTrial) = (Mode.Ready, null);
        Flush();
    }

    private void Convict(PendingRequest guilty)
    {
        _unanswered.Remove(guilty);
        var what = guilty.Line.Name is { } name ? $"{guilty.Line.Method} {name}" : guilty.Line.Method;
        Reply(guilty, LocalAnswer.Refused(guilty.Line, new Refusal(
            PoisonRequest,
            $"The server has died {guilty.Deaths + 1} times while it worked on this request ({what}, id {Text(guilty.Line.RawId)}), "
            + $"the last {guilty.Trials} times on nothing else, and lived without it.",
            "Do not repeat it as it is. Other requests are served. Whether it took effect is not known: look before you go on.")));
    }
}
