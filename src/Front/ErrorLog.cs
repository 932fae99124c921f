using System.Text;
using System.Threading.Channels;

namespace Orchestrator.Front;

/// <summary>
/// Standard error for a process that must never wait for whoever reads it: a client may leave the pipe full, or close it. What does not fit is
/// dropped; it was for a person who does not look.
/// </summary>
internal sealed class ErrorLog : TextWriter
{
    private const int MostLines = 64;
    private static readonly TimeSpan FlushWithin = TimeSpan.FromMilliseconds(200);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MostLines) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Thread _writing;

    /// <summary>Writes to a stream of its own.</summary>
    public ErrorLog(Stream stream)
    {
        _writing = new Thread(() => Write(stream), 128 * 1024) { IsBackground = true, Name = "stderr" };
        _writing.Start();
    }

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _lines.Writer.TryWrite(value);
        }
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + "\n");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _lines.Writer.TryComplete();
        _writing.Join(FlushWithin);
        base.Dispose(disposing);
    }

    private void Write(Stream stream)
    {
        try
        {
            while (_lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_lines.Reader.TryRead(out var line))
                {
                    stream.Write(Encoding.UTF8.GetBytes(line));
                    stream.Flush();
                }
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // Nobody reads it, and nothing else depends on it.
        }
    }
}
