namespace Orchestrator.Schema.Applying;

/// <summary>How an upgrade is done, and what its history says of it.</summary>
public sealed record UpgradeOptions
{
    /// <summary>Who migrates, for the history and for others that wait.</summary>
    public string Who { get; init; } = User();

    /// <summary>The version of the program.</summary>
    public string Program { get; init; } = typeof(UpgradeOptions).Assembly.GetName().Version?.ToString() ?? "";

    /// <summary>Where backups go; null for the folder "backups" beside the database.</summary>
    public string? BackupFolder { get; init; }

    /// <summary>How many backups are kept.</summary>
    public int KeepBackups { get; init; } = 5;

    /// <summary>How long a backup is kept; null for as long as the number allows. The newest is always kept.</summary>
    public TimeSpan? KeepBackupsFor { get; init; }

    /// <summary>How long it waits for another that writes.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether DDL that was in force before a later one is refused: it is that of an older program. A DDL file may go back.</summary>
    public bool RefuseOlder { get; init; } = true;

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told of everything that is done, while it is done.</summary>
    public Action<UpgradeProgress>? Progress { get; init; }

    /// <summary>Told before every act that changes something: where faults are tried.</summary>
    internal Action<string>? Reached { get; init; }

    /// <summary>A statement to be run within the transaction at an act, or null: how verification is tried.</summary>
    internal Func<string, string?>? Tamper { get; init; }

    /// <summary>How many bytes are free beside a file.</summary>
    internal Func<string, long> FreeSpace { get; init; } = path => new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace;

    // Where there is no list of users, as in a container that holds a program and nothing else, .NET cannot say who this is.
    private static string User()
    {
        try
        {
            return Environment.UserName;
        }
        catch (IOException)
        {
            return Environment.GetEnvironmentVariable("USER") is { Length: > 0 } name ? name : "unknown";
        }
    }
}

/// <summary>Where an upgrade is.</summary>
/// <param name="Phase">waiting, backup, step, verify, commit or done.</param>
/// <param name="Step">Which step, from 1.</param>
/// <param name="Of">Of how many.</param>
/// <param name="What">It in words.</param>
public sealed record UpgradeProgress(string Phase, int Step, int Of, string What)
{
    /// <summary>How much of the step is done, 0 to 100, as far as that can be told.</summary>
    public int? Percent { get; init; }
}
