using System.Collections;
using System.Runtime.InteropServices;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Front;

/// <summary>A backend that this front has started.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Exited">Completed with its exit code, or 128 and the signal, when it ends.</param>
internal sealed record SpawnedBackend(int ProcessId, Task<int> Exited);

/// <summary>
/// Starts a backend that outlives us: in a session of its own, so that the client's signals do not reach it, with none of the client's pipes, so that
/// the client sees their end when we go.
/// </summary>
internal static unsafe class BackendSpawner
{
    private const long LongestLog = 8 * 1024 * 1024;

    /// <param name="command">The program.</param>
    /// <param name="location">What it is to serve.</param>
    /// <param name="more">What else it is told, after the command's own arguments.</param>
    /// <exception cref="IOException">The system cannot start it.</exception>
    public static SpawnedBackend Start(BackendCommand command, IServerLocation location, params IReadOnlyList<string> more)
    {
        Rotate(location.LogPath);

        // Not the client's working directory: a backend that stays for days must not keep a directory from being removed or unmounted.
        var process = Spawn(command.Executable, [command.Executable, .. command.Arguments, .. more], location.LogPath, Path.GetDirectoryName(location.Path) ?? "/");
        var exited = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Reap(process, exited), 128 * 1024) { IsBackground = true, Name = "reap backend" }.Start();
        return new SpawnedBackend(process, exited.Task);
    }

    private static int Spawn(string file, List<string> arguments, string log, string directory)
    {
        var actions = stackalloc byte[NativeSpawn.OpaqueSize];
        var attributes = stackalloc byte[NativeSpawn.OpaqueSize];
        var signals = stackalloc byte[128];
        var argv = CopyStrings(arguments);
        var environment = CopyStrings(EnvironmentStrings());
        Check(NativeSpawn.ActionsInit(actions));
        Check(NativeSpawn.AttributesInit(attributes));
        try
        {
            new Span<byte>(signals, 128).Clear();
            Check(NativeSpawn.SetMask(attributes, signals));
            new Span<byte>(signals, 4).Fill(0xFF);   // signals 1 to 32; what we ignore, such as SIGPIPE, must not stay ignored
            Check(NativeSpawn.SetDefaults(attributes, signals));
            Check(NativeSpawn.SetFlags(attributes, NativeSpawn.NewSession | NativeSpawn.SetSignalDefaults | NativeSpawn.SetSignalMask));
            Check(NativeSpawn.AddOpen(actions, 0, "/dev/null", NativeSpawn.ReadOnly, 0));
            Check(NativeSpawn.AddOpen(actions, 1, log, NativeSpawn.AppendOrCreate, 0x180));   // rw for the owner
            Check(NativeSpawn.AddDuplicate(actions, 1, 2));
            Check(NativeSpawn.AddChangeDirectory(actions, directory));
            CloseTheRest(actions);
            Check(NativeSpawn.Spawn(out var process, file, actions, attributes, argv, environment), file);
            return process;
        }
        finally
        {
            _ = NativeSpawn.AttributesDestroy(attributes);
            _ = NativeSpawn.ActionsDestroy(actions);
            FreeStrings(argv);
            FreeStrings(environment);
        }
    }

    // A backend that still writes goes on in the renamed file.
    private static void Rotate(string log)
    {
        try
        {
            if (File.Exists(log) && new FileInfo(log).Length > LongestLog)
            {
                File.Move(log, $"{log}.1", overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A long log is no reason not to start.
        }
    }

    private static void Check(int error, string what = "The backend")
    {
        if (error != 0)
        {
            throw new IOException($"{what} cannot be started: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    private static void CloseTheRest(byte* actions)
    {
        try
        {
            Check(NativeSpawn.AddCloseFrom(actions, 3));
        }
        catch (EntryPointNotFoundException)
        {
            // Before glibc 2.34. Our own files are closed on exec; only what a careless client left open stays open.
        }
    }

    private static void Reap(int process, TaskCompletionSource<int> exited)
    {
        const int interrupted = 4;   // EINTR
        int status;
        while (NativeSpawn.Wait(process, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != interrupted)
            {
                exited.SetResult(-1);   // Somebody else in this process has reaped it.
                return;
            }
        }

        var signal = status & 0x7F;
        exited.SetResult(signal == 0 ? (status >> 8) & 0xFF : 128 + signal);
    }

    private static List<string> EnvironmentStrings()
    {
        var strings = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            strings.Add($"{variable.Key}={variable.Value}");
        }

        return strings;
    }

    private static byte** CopyStrings(List<string> strings)
    {
        var copies = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < strings.Count; i++)
        {
            copies[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        return copies;
    }

    private static void FreeStrings(byte** copies)
    {
        for (var at = copies; *at is not null; at++)
        {
            Marshal.FreeCoTaskMem((nint)(*at));
        }

        NativeMemory.Free(copies);
    }
}
