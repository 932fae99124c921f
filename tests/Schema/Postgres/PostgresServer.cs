using System.Diagnostics;
using Npgsql;

namespace Orchestrator.Schema.Tests.Postgres;

/// <summary>A PostgreSQL server of this test run: in a temporary directory, on a Unix socket only, gone with the process that started it.</summary>
internal static class PostgresServer
{
    private const string Database = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string> Started = new(Start);

    public static string? Binaries { get; } = new[] { "/usr/lib/postgresql" }.Where(Directory.Exists).SelectMany(Directory.GetDirectories)
        .OrderDescending().Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")));

    /// <summary>How to reach it. Skips the test where no server is installed.</summary>
    public static string ConnectionString
    {
        get
        {
            Skip.If(Binaries is null, "PostgreSQL is not installed (/usr/lib/postgresql/*/bin): apt-get install postgresql");
            return Started.Value;
        }
    }

    private static string Start()
    {
        var folder = Directory.CreateTempSubdirectory("orchestrator-pg-").FullName;
        var data = Path.Combine(folder, "data");
        var asUser = "";
        if (Environment.IsPrivilegedProcess)
        {
            Shell($"chown postgres '{folder}'");   // the server refuses to run as root
            asUser = "setpriv --reuid=postgres --regid=postgres --clear-groups ";
        }

        Shell($"cd / && {asUser}'{Binaries}/initdb' -D '{data}' -A trust -U postgres --no-sync -E UTF8 --locale=C");

        // The shell lives until its input ends, which the system does when this process is gone, however it goes.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"{asUser}'{Binaries}/postgres' -D '{data}' -c listen_addresses= -c unix_socket_directories='{folder}' -c fsync=off -c shared_buffers=128MB "
            + $"-c max_connections=60 -c max_locks_per_transaction=256 < /dev/null & server=$!; cat > /dev/null; kill -QUIT $server; wait $server; rm -rf '{folder}'");
        var shell = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            shell.StandardInput.Close();
            shell.WaitForExit(Patience);
        };
        var ready = new TaskCompletionSource();
        shell.ErrorDataReceived += (_, e) => _ = e.Data?.Contains("ready to accept connections", StringComparison.Ordinal) == true
            && ready.TrySetResult();
        shell.BeginErrorReadLine();
        return ready.Task.Wait(Patience)
            ? new NpgsqlConnectionStringBuilder
            {
                Host = folder,
                Database = Database,
                Username = "postgres",
                MaxPoolSize = 4,
                Timeout = 30
            }.ConnectionString
            : throw new InvalidOperationException($"The PostgreSQL server in {folder} did not start.");
    }

    private static void Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", command },
            RedirectStandardOutput = true,
            RedirectStandardError = true
        })!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command}: {error.Result}");
    }
}
