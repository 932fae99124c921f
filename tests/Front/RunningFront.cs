using System.IO.Pipelines;
using System.Text;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Front.Tests;

/// <summary>A front in this process, its client's ends of the pipes, and a home directory of its own.</summary>
internal sealed class RunningFront : IDisposable
{
    private readonly Pipe _stdin = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly Pipe _stdout = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly CancellationTokenSource _signal = new();
    private readonly StreamReader _answers;

    public RunningFront(Home home, Func<FrontOptions, FrontOptions>? with = null, string backend = "/nonexistent/orchestrator")
    {
        var options = new FrontOptions(home.Location, new BackendCommand(backend, []).Serving(home.Location)) { SlowRetry = TimeSpan.FromMilliseconds(20) };
        Exit = Task.Run(() => RunAsync(with?.Invoke(options) ?? options));
        _answers = new StreamReader(_stdout.Reader.AsStream());
    }

    public Task<int> Exit { get; }

    public StringWriter Errors { get; } = new();

    public async Task WriteAsync(params string[] lines)
    {
        foreach (var line in lines)
        {
            await _stdin.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), Deadline.Token());
        }
    }

    public async Task WriteBytesAsync(byte[] bytes) => await _stdin.Writer.WriteAsync(bytes, Deadline.Token());

    public async Task<string?> ReadAsync() => await _answers.ReadLineAsync(Deadline.Token());

    public void EndInput() => _stdin.Writer.Complete();

    public void Signal() => _signal.Cancel();

    private async Task<int> RunAsync(FrontOptions options)
    {
        var code = await FrontProcess.RunAsync(options, _stdin.Reader.AsStream(), _stdout.Writer.AsStream(), Errors, _signal.Token);
        await _stdout.Writer.CompleteAsync();
        return code;
    }

    public void Dispose()
    {
        _signal.Cancel();
        Exit.Within().GetAwaiter().GetResult();
        _answers.Dispose();
        _signal.Dispose();
    }
}

/// <summary>A home directory with one data directory in it.</summary>
internal sealed class Home : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("front");

    public Home() =>
        Location = DataDirectory.Resolve("~/data", null, name => name == "HOME" ? _directory.FullName : null, _directory.FullName);

    public DataDirectory Location { get; }

    public string File(string name) => Path.Join(_directory.FullName, name);

    /// <summary>A shell script to start as a backend.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public string Script(string body)
    {
        var path = File("orchestrator");
        System.IO.File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
