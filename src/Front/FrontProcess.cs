using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Orchestrator.Front;

/// <summary>
/// The front as a whole: one client's pipe for the client's whole life. With <see cref="FrontOptions"/> and <see cref="BackendCommand"/> it is all that
/// others see of it.
/// </summary>
public static class FrontProcess
{
    private const int StandardOutput = 1;

    /// <summary>The build that this front says it is.</summary>
    public static string Build { get; } =
        typeof(FrontProcess).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>
    /// Relays between the two streams and the backend until the client's end. The exit code is always 0: a client does not err by leaving.
    /// </summary>
    /// <param name="options">Which backend, and how it is started.</param>
    /// <param name="stdin">The client's lines.</param>
    /// <param name="stdout">Gets whole JSON lines and nothing else.</param>
    /// <param name="stderr">Gets a sentence when something is wrong.</param>
    /// <param name="cancellationToken">Ends the relay at once.</param>
    public static Task<int> RunAsync(
        FrontOptions options, Stream stdin, Stream stdout, TextWriter stderr, CancellationToken cancellationToken = default) =>
        RunAsync(options, stdin, stdout, stderr, () => false, cancellationToken);

    private static async Task<int> RunAsync(
        FrontOptions options, Stream stdin, Stream stdout, TextWriter stderr, Func<bool> hasGone, CancellationToken cancellationToken)
    {
        // Reading a terminal or a pipe blocks a pool thread, writing may; on two cores the pool would wait half a second before it adds one.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 8), completions);
        var front = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using var relay = new Relay(options, front, Build, stdout, stderr, hasGone, cancellationToken);
        await relay.RunAsync(stdin);
        return 0;
    }

    /// <summary>As the other, on this process's own streams; SIGINT, SIGTERM and SIGHUP end it at once.</summary>
    public static async Task<int> RunAsync(FrontOptions options)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        await using var stderr = new ErrorLog(Console.OpenStandardError());
        return await RunAsync(
            options, Console.OpenStandardInput(), Console.OpenStandardOutput(), stderr, () => ClientPipe.HasGone(StandardOutput), stop.Token);
    }
}
