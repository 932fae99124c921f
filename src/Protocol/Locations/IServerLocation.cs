namespace Orchestrator.Protocol.Locations;

/// <summary>
/// What a relay must know about the one server that it stands before. <see cref="DataDirectory"/> is ours; another server has paths of its own.
/// </summary>
public interface IServerLocation
{
    /// <summary>What the server serves, as people know it. A full path; the server is started in the directory above it.</summary>
    string Path { get; }

    /// <summary>What both sides' hellos say, so that nobody talks to the wrong server; any text.</summary>
    string Identity { get; }

    /// <summary>Where the server listens: a Unix socket, at most 107 bytes.</summary>
    string SocketPath { get; }

    /// <summary>A file that the one relay locks that is starting the server. It is never removed.</summary>
    string SpawnLockPath { get; }

    /// <summary>A file that the server keeps locked and that holds its process number; it need not exist.</summary>
    string LockPath { get; }

    /// <summary>
    /// A file like <see cref="LockPath"/>, of a second server that is ready to take the first one's place when that dies; null when there are no such.
    /// </summary>
    string? StandbyLockPath => null;

    /// <summary>Where the server's output goes.</summary>
    string LogPath { get; }

    /// <summary>Creates the directory of <see cref="SocketPath"/> and <see cref="SpawnLockPath"/>, and makes sure that nobody else can enter it.</summary>
    /// <exception cref="LocationException">It cannot be used.</exception>
    void PrepareRunDirectory();

    /// <summary>Creates the directories that the server and its log need.</summary>
    /// <exception cref="LocationException">They cannot be created.</exception>
    void PrepareDataDirectory();
}
