namespace Orchestrator.Host.Commands;

/// <summary>What a verb's exit code means; <c>docs/cli.md</c> says the same to users. <c>backend</c> has codes of its own.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;
    /// <summary>Not done, nothing changed; the message says why and what to do.</summary>
    public const int Failed = 1;
    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;
    /// <summary>A part was done; what was left out is named.</summary>
    public const int Partly = 3;
    /// <summary>What was named, or looked for, is not there.</summary>
    public const int NotFound = 4;
    /// <summary>Looked, and found something wrong.</summary>
    public const int Unhealthy = 5;
}

/// <summary>A verb cannot do what it was asked.</summary>
internal sealed class CommandFailedException(string code, string message, string nextStep, int exitCode = ExitCode.Failed) : Exception(message)
{
    /// <summary>Stable, for programs.</summary>
    public string Code { get; } = code;

    /// <summary>What to do now.</summary>
    public string NextStep { get; } = nextStep;

    /// <summary>One of <see cref="Commands.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>The stable codes of the command line's own errors, beside <see cref="Protocol.RefusalCode"/>. Never renamed, never reused.</summary>
internal static class CommandErrorCode
{
    /// <summary>There is no client of this name.</summary>
    public const string UnknownClient = "UNKNOWN_CLIENT";
    /// <summary>No client was found on this machine.</summary>
    public const string NoClientFound = "NO_CLIENT_FOUND";
    /// <summary>A client's configuration cannot be understood or not be written; it is as it was.</summary>
    public const string ConfigLeftUntouched = "CONFIG_LEFT_UNTOUCHED";
    /// <summary>There is no project here.</summary>
    public const string NoProject = "NO_PROJECT";
    /// <summary>A directory that was named cannot be used.</summary>
    public const string LocationUnusable = "LOCATION_UNUSABLE";
    /// <summary>There is no store in this data directory yet.</summary>
    public const string NoStore = "NO_STORE";
    /// <summary>A backend did not leave in time.</summary>
    public const string StopFailed = "STOP_FAILED";
    /// <summary>There is no log yet.</summary>
    public const string NoLog = "NO_LOG";
    /// <summary>What is to be imported cannot be read.</summary>
    public const string ImportUnreadable = "IMPORT_UNREADABLE";
    /// <summary>A file cannot be read or written.</summary>
    public const string FileFailed = "FILE_FAILED";
}
