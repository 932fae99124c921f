using Orchestrator.Protocol;

namespace Orchestrator.Front;

/// <content>What goes on beside the event loop, and only ever tells it what has happened.</content>
internal sealed partial class Relay
{
    private async Task ReadClientAsync(Stream stdin)
    {
        try
        {
            var reader = new LineReader(stdin, _options.MaxLine);
            while (await reader.ReadAsync(_stopping.Token) is { } line)
            {
                if (line.Tail is not null)
                {
                    Post(new RelayEvent.ClientLineTooLong(OversizedLine.FindId(line)));
                    continue;
                }

                _held.Add(line.Bytes.Length);
                Post(new RelayEvent.ClientLine(JsonLine.Parse(line.Bytes)));
                await _held.PassAsync(_stopping.Token);
                await _toBackend.PassAsync(_stopping.Token);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A pipe that fails has ended.
        }

        Post(new RelayEvent.ClientEnded());
    }

    private async Task ReadBackendAsync(BackendLink link)
    {
        try
        {
            await link.RunAsync(
                _toClient, line => Post(new RelayEvent.BackendLine(link, line)), refusal => Post(new RelayEvent.BackendRefused(link, refusal)), Note,
                notice => Post(new RelayEvent.BackendHolds(link, notice)));
        }
        finally
        {
            Post(new RelayEvent.BackendLost(link));   // Whatever ended it: nobody else would begin to look for another.
        }
    }

    // Every attempt of a backend fails for the same reason; a person needs to read it once.
    private void Note(Refusal notice)
    {
        if (notice != _noted)
        {
            _noted = notice;
            _log.WriteLine($"{_options.Name}: {notice.Code}: {notice.Message} {notice.NextStep}");
        }
    }

    private async Task WriteToClientAsync()
    {
        try
        {
            await _writer.RunAsync(_stopping.Token);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Post(new RelayEvent.Stop());   // Nobody reads what we would write.
        }
    }

    private async Task StopLaterAsync()
    {
        try
        {
            var isOutage = _readySince != 0 && _link is null;
            await Task.Delay(isOutage && GraceInOutage < _options.EndGrace ? GraceInOutage : _options.EndGrace, _stopping.Token);
            Post(new RelayEvent.Stop());
        }
        catch (OperationCanceledException)
        {
            // The answers came first.
        }
    }

    private void Post(RelayEvent happened) => _events.Writer.TryWrite(happened);
}
