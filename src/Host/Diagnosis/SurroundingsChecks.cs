using Orchestrator.Host.Clients;
using Orchestrator.Host.Commands;

namespace Orchestrator.Host.Diagnosis;

/// <summary>The program's own folder, the user's environment, and the clients that start the program.</summary>
internal static class SurroundingsChecks
{
    public static readonly IReadOnlyList<Check> All =
    [
        new("sudo", p => p.Environment("SUDO_UID") is { Length: > 0 } user && user != "0"
            ? [new Finding("sudo", Verdict.Warning,
                $"This runs under sudo: what it creates belongs to root, and the clients of user {user} cannot use it.",
                "Run it without sudo.")] : []),
        new("home", p => p.Environment("HOME") is not { Length: > 0 } home || !Directory.Exists(home)
            ? [new Finding("home", Verdict.Warning, $"HOME is '{p.Environment("HOME")}', which is no directory: sockets are looked for there.",
                "Set HOME to your home directory.")] : []),
        new("data-dir-variable", p => p.Environment("ORCHESTRATOR_DATA_DIR") is { Length: > 0 } named && !Path.IsPathRooted(named)
            && !named.StartsWith('~')
            ? [new Finding("data-dir-variable", Verdict.Warning,
                $"ORCHESTRATOR_DATA_DIR is '{named}': each client reads it from its own working directory.",
                "Make it a full path.")] : []),
        new("data-dir-elsewhere", p => p.Environment("ORCHESTRATOR_DATA_DIR") is { Length: > 0 } && p.Location.Workspace is { } workspace
            && Directory.Exists(Path.Join(workspace, ".task_orchestrator")) && Path.Join(workspace, ".task_orchestrator") != p.Location.Path
            ? [new Finding("data-dir-elsewhere", Verdict.Warning,
                $"ORCHESTRATOR_DATA_DIR leads to {p.Location.Path}, but {workspace} has a .task_orchestrator of its own.",
                "Unset the variable, or remove the directory that is not used.")] : []),
        new("front", p => File.Exists(Path.Join(p.ProgramFolder, "orchestrator-front"))
            || File.Exists(Path.Join(p.ProgramFolder, "orchestrator-front.exe")) || File.Exists(Path.Join(p.ProgramFolder, "orchestrator-front.dll"))
            ? [] : [new Finding("front", Verdict.Warning,
                $"There is no orchestrator-front in {p.ProgramFolder}: clients start the large program, which takes longer.",
                "Install the whole archive.")]),
        new("configuration", p => Directory.Exists(Path.Join(p.ProgramFolder, "hocon"))
            && Directory.EnumerateFiles(Path.Join(p.ProgramFolder, "hocon"), "*.conf").Any()
            ? [] : [new Finding("configuration", Verdict.Fault, $"There are no hocon/*.conf in {p.ProgramFolder}: a backend cannot start.",
                "Install the whole archive.")]),
        new("client-configuration", p => Clients(p).Where(f => f.State == ClientState.PointsNowhere).Select(f => new Finding(
            "client-configuration", Verdict.Fault, $"{f.Client.Name} starts {f.Command!.Executable}, which does not exist ({f.File}).",
            $"orchestrator install --client {f.Client.Id}"))),
        new("client-unreadable", p => Clients(p).Where(f => f.State == ClientState.Unreadable).Select(f => new Finding(
            "client-unreadable", Verdict.Warning, $"The configuration of {f.Client.Name} cannot be understood ({f.File}): {f.Trouble}",
            "Correct the file; the client itself may not read it either."))),
        new("client-elsewhere", p => Clients(p).Where(f => f.State == ClientState.PointsElsewhere).Select(f => new Finding(
            "client-elsewhere", Verdict.Warning, $"{f.Client.Name} starts {f.Command!.Executable}, not this program ({f.File}).",
            $"If that is not wanted: orchestrator install --client {f.Client.Id}"))),
        new("client-none", p => Clients(p).All(f => f.State is not (ClientState.Configured or ClientState.PointsElsewhere))
            ? [new Finding("client-none", Verdict.Warning, "No client is configured for this user.", "orchestrator install")] : []),
    ];

    private static IEnumerable<ClientFinding> Clients(Patient p)
    {
        var installer = new ClientInstaller(p.Clients, p.Clock);
        return KnownClients.All.Select(c => installer.Look(c, null, OwnProgram.ForClients));
    }
}
