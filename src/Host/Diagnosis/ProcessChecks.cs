using System.Globalization;
using Orchestrator.Front;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Diagnosis;

/// <summary>Who runs: the backend, its lock and its socket, and whether there is more than one.</summary>
internal static class ProcessChecks
{
    private const long FewFiles = 256;
    private const long LargeLog = 64L * 1024 * 1024;

    public static readonly IReadOnlyList<Check> All =
    [
        new("socket-owner", p => p.Backend is { State: BackendState.Refusing, Trouble: { } trouble }
            && trouble.Contains("another user", StringComparison.Ordinal)
            ? [new Finding("socket-owner", Verdict.Fault, $"{p.Location.SocketPath}: {trouble}",
                $"Find out who it is (ps -fp {p.Backend.ProcessId}), end it, and remove the socket.")] : []),
        new("backend-hello", p => p.Backend is { State: BackendState.Refusing, Trouble: { } trouble }
            && !trouble.Contains("another user", StringComparison.Ordinal)
            ? [new Finding("backend-hello", Verdict.Fault, $"What listens at {p.Location.SocketPath} does not serve us: {trouble}",
                "Close the clients of this workspace, run 'orchestrator stop', and start them again.")] : []),
        new("backend-answers", p => p.Backend.State == BackendState.Silent
            ? [new Finding("backend-answers", Verdict.Fault,
                $"The backend (process {p.Backend.ProcessId}) listens and does not answer. {p.Backend.Trouble}",
                $"Is it stopped? kill -CONT {p.Backend.ProcessId}. Otherwise kill -9 {p.Backend.ProcessId}: nothing that was acknowledged is lost.")]
                    : []),
        new("lock-holder", p => p.Backend.State == BackendState.Starting
            ? [new Finding("lock-holder", Verdict.Warning, $"Process {p.Backend.ProcessId} holds {p.Location.LockPath} and does not listen.",
                $"It may be starting or leaving; look again. If it stays: kill {p.Backend.ProcessId}")] : []),
        new("two-backends", p => p.DatabaseHolders.Count > 1
            ? [new Finding("two-backends", Verdict.Fault,
                $"Several processes have {p.Database} open: {string.Join(", ", p.DatabaseHolders)}. Only the one of the latest epoch can write.",
                "Look at each (ps -fp); end those that are not the backend of 'orchestrator status'.")] : []),
        new("standby", p => StandbySetting.Read(p.Environment).Fault is { } fault
            ? [new Finding("standby", Verdict.Warning, fault, $"Correct it, or unset {StandbySetting.Variable}.")]
            : ServerProcess.HolderOf(p.Location.StandbyLockPath) is not { } standby ? []
            : standby.IsStopped
                ? [new Finding("standby", Verdict.Warning, $"The process that stands by (process {standby.Id}) was stopped by somebody and can take nobody's place.",
                    $"kill -CONT {standby.Id}, or kill -9 {standby.Id}: the backend starts another one.")]
                : [new Finding("standby", Verdict.Well, $"process {standby.Id} stands by, {Memory.Show(standby.Id)}")]),
        new("socket-mode", p => !OperatingSystem.IsWindows() && File.Exists(p.Location.SocketPath)
            && (File.GetUnixFileMode(p.Location.SocketPath) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) is not UnixFileMode.None
            ? [new Finding("socket-mode", Verdict.Warning, $"{p.Location.SocketPath} has other rights than 0600.",
                $"chmod 600 {p.Location.SocketPath}")] : []),
        new("version-skew", p => p.Backend.Build is { } build && build != BuildInfo.Build
            ? [new Finding("version-skew", Verdict.Warning, $"The running backend is {build}, this program is {BuildInfo.Build}.",
                "Run 'orchestrator stop'; the clients start this build when they next need it.")] : []),
        new("epoch", p => p.Backend is { State: BackendState.Serving, ProcessId: { } process } && p.Store is { Holder: { } holder }
            && holder.StartsWith("process ", StringComparison.Ordinal)
            && holder != string.Create(CultureInfo.InvariantCulture, $"process {process}")
            ? [new Finding("epoch", Verdict.Fault,
                $"The database was taken over by {holder} (epoch {p.Store.Epoch}); the backend that serves is process {process}.",
                "Run 'orchestrator stop': what process serves must be the writer.")] : []),
        new("log-size", p => File.Exists(p.Location.LogPath) && new FileInfo(p.Location.LogPath).Length is var size && size > LargeLog
            ? [new Finding("log-size", Verdict.Warning, $"{p.Location.LogPath} has {size / 1024 / 1024} MB.",
                "Read its end with 'orchestrator logs': something is said again and again. Then remove it.")] : []),
        new("open-files", p => p.OpenFileLimit is { } limit && limit < FewFiles
            ? [new Finding("open-files", Verdict.Warning, $"A process may open {limit} files.",
                "Raise the limit (ulimit -n 4096) where clients are started.")] : []),
    ];
}
