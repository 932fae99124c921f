using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Front;

/// <summary>
/// Held by the one front that is starting a backend, and freed by the kernel however that front ends. The file is never unlinked: one that is
/// replaced while it is locked can be locked twice.
/// </summary>
internal sealed partial class SpawnLock(string path)
{
    private const int Shared = 1;   // LOCK_SH
    private const int Interrupted = 4;   // EINTR

    private Task? _freed;

    /// <summary>Who holds it, if somebody has stopped him: he lets it go when he is continued, and perhaps never.</summary>
    public ServerProcess? StoppedHolder => ServerProcess.StoppedHolderOf(path);

    /// <summary>The lock; null when another process holds it.</summary>
    public FileStream? TryTake()
    {
        FileStream taken;
        try
        {
            taken = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException)
        {
            return null;
        }

        try
        {
            taken.SetLength(0);
            taken.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            // On a full disk nobody will know who it is; the lock holds all the same.
        }

        return taken;
    }

    /// <summary>Whether nobody holds it any more, or not yet after <paramref name="limit"/>.</summary>
    public async Task<bool> IsFreeWithinAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var freed = FreedAsync();
        await Task.WhenAny(freed, Task.Delay(limit, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return freed.IsCompleted;
    }

    /// <summary>
    /// Completed when nobody holds it. The kernel wakes all who wait together, so that a thousand fronts need not look again and again; a thread
    /// of its own waits, because the call blocks.
    /// </summary>
    public Task FreedAsync()
    {
        if (_freed is not { IsCompleted: false })
        {
            var freed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _freed = freed.Task;
            new Thread(() => Wait(freed), 128 * 1024) { IsBackground = true, Name = "await spawn lock" }.Start();
        }

        return _freed;
    }

    private void Wait(TaskCompletionSource freed)
    {
        using (var file = UnlockedFile.Open(path))
        {
            while (!file.IsInvalid && Lock(file, Shared) != 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
                // A signal came first. Without the file nobody holds it.
            }
        }

        freed.SetResult();
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
