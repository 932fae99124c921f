using System.Text;

namespace Orchestrator.Host.Backend;

/// <summary>
/// One backend per data directory. The kernel frees the lock when its holder dies, however it dies. The file is never unlinked: two processes
/// could then each hold a lock on a file of that name.
/// </summary>
internal sealed class BackendLock : IDisposable
{
    private readonly FileStream _file;

    private BackendLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns null when another backend holds it.</summary>
    public static BackendLock? TryTake(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }

        // For people who look; nobody decides by it.
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        file.Flush();
        return new BackendLock(file);
    }

    public void Dispose() => _file.Dispose();
}
