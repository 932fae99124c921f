using Orchestrator.Front;

namespace Orchestrator.Host.Clients;

/// <summary>How a client's configuration stands.</summary>
internal enum ClientState
{
    /// <summary>There is no sign of the client.</summary>
    Absent,
    /// <summary>The client is there and knows nothing of us.</summary>
    NotConfigured,
    /// <summary>It starts this very program.</summary>
    Configured,
    /// <summary>It starts another program that exists.</summary>
    PointsElsewhere,
    /// <summary>It starts a program that does not exist.</summary>
    PointsNowhere,
    /// <summary>Its file cannot be understood.</summary>
    Unreadable,
}

/// <summary>What was found.</summary>
/// <param name="Client">The client.</param>
/// <param name="State">How it stands.</param>
/// <param name="File">Its file.</param>
/// <param name="Command">What it starts.</param>
/// <param name="Trouble">Why the file cannot be understood.</param>
internal sealed record ClientFinding(KnownClient Client, ClientState State, string File, BackendCommand? Command, string? Trouble);

/// <summary>What was done.</summary>
internal enum ClientAction
{
    /// <summary>The entry was added, or would be.</summary>
    Added,
    /// <summary>The entry that was there was changed, or would be.</summary>
    Updated,
    /// <summary>Everything was as wanted.</summary>
    Unchanged,
    /// <summary>The entry was taken out, or would be.</summary>
    Removed,
    /// <summary>The entry that was there before ours is back, or would be.</summary>
    Restored,
    /// <summary>Nothing was changed; the message says why.</summary>
    LeftUntouched,
}

/// <summary>The outcome for one client.</summary>
/// <param name="Client">The client.</param>
/// <param name="Action">What was done.</param>
/// <param name="File">To which file.</param>
/// <param name="Backup">The copy of the file as it was.</param>
/// <param name="Message">Why nothing was done.</param>
/// <param name="NextStep">What the user can do.</param>
internal sealed record ClientOutcome(
    KnownClient Client, ClientAction Action, string File, string? Backup = null, string? Message = null, string? NextStep = null);

/// <summary>Enters this program into the configurations of clients, and takes it out again.</summary>
internal sealed class ClientInstaller(ClientMachine machine, TimeProvider clock)
{
    private const int Attempts = 5;
    private readonly InstallRecords _records = new(machine.Home, clock);

    /// <summary>How a client stands.</summary>
    public ClientFinding Look(KnownClient client, string? project, BackendCommand wanted)
    {
        var path = machine.ConfigFile(client, project)!;
        try
        {
            var file = ConfigFile.Read(path);
            if (!file.Exists || ConfigText.Of(client).Read(file.Text) is not { } command)
            {
                return new ClientFinding(client, machine.IsPresent(client, project) ? ClientState.NotConfigured : ClientState.Absent, path, null,
                    null);
            }

            var state = command.Executable == wanted.Executable ? ClientState.Configured
                : !Path.IsPathRooted(command.Executable) || File.Exists(command.Executable) ? ClientState.PointsElsewhere
                : ClientState.PointsNowhere;
            return new ClientFinding(client, state, path, command, null);
        }
        catch (ConfigRefusedException e)
        {
            return new ClientFinding(client, ClientState.Unreadable, path, null, e.Message);
        }
    }

    /// <summary>Enters <paramref name="command"/>.</summary>
    public ClientOutcome Install(KnownClient client, string? project, BackendCommand command, bool dryRun) => Try(client, project, path =>
    {
        var file = ConfigFile.Read(path);
        if (!file.Exists && project is null && client.Legacy is { } legacy && File.Exists(Path.Join(Path.GetDirectoryName(path), legacy)))
        {
            throw new ConfigRefusedException(
                $"{client.Name} still reads {legacy}; a new {Path.GetFileName(path)} would hide it.",
                    $"Convert {legacy} in {client.Name}, then repeat the command.");
        }

        var editor = ConfigText.Of(client);
        var before = editor.Read(file.Text);
        var text = editor.Set(file.Text, command);
        if (file.Exists && text == file.Text)
        {
            return new ClientOutcome(client, ClientAction.Unchanged, path);
        }

        var action = before is null ? ClientAction.Added : ClientAction.Updated;
        if (dryRun)
        {
            return new ClientOutcome(client, action, path);
        }

        // An entry of our own making is not what was there before.
        var earlier = _records.Find(file.Path);
        var ours = earlier is not null && before?.Executable == earlier.Command;
        var backup = file.Exists ? _records.Keep(file) : null;
        var bytes = file.Encode(text);
        var unchanged = ours && file.Exists && ConfigFile.Hash(file.Bytes!) == earlier!.Written;
        _records.Put(new InstallRecord(
            file.Path, ours ? earlier!.Previous : editor.Raw(file.Text), unchanged ? earlier!.Backup : ours ? null : backup,
            ours && !unchanged ? "" : ConfigFile.Hash(bytes), command.Executable));
        return file.TryReplace(bytes) ? new ClientOutcome(client, action, path, backup) : null;
    });

    /// <summary>Takes our entry out; what was there before it comes back.</summary>
    public ClientOutcome Uninstall(KnownClient client, string? project, bool dryRun) => Try(client, project, path =>
    {
        var file = ConfigFile.Read(path);
        var editor = ConfigText.Of(client);
        if (!file.Exists || editor.Read(file.Text) is not { } entry)
        {
            return new ClientOutcome(client, ClientAction.Unchanged, path);
        }

        var record = _records.Find(file.Path) is { } found && found.Command == entry.Executable ? found : null;
        if (record is null && !Path.GetFileName(entry.Executable).StartsWith("orchestrator", StringComparison.OrdinalIgnoreCase)
            && !entry.Arguments.Any(IsOwnAssembly))
        {
            throw new ConfigRefusedException($"Its entry starts {entry.Executable}, which this program did not enter.",
                "Remove it by hand if it is not wanted.");
        }

        var action = record?.Previous is null ? ClientAction.Removed : ClientAction.Restored;
        if (dryRun)
        {
            return new ClientOutcome(client, action, path);
        }

        var backup = _records.Keep(file);
        var untouched = record is not null && record.Written == ConfigFile.Hash(file.Bytes!);
        if (untouched && record!.Backup is null)
        {
            file.Delete();   // there was none before us, and nobody has written to it since
        }
        else
        {
            var bytes = untouched && File.Exists(record!.Backup)
                ? File.ReadAllBytes(record.Backup)
                : file.Encode(editor.Remove(file.Text, record?.Previous));
            if (!file.TryReplace(bytes))
            {
                return null;
            }
        }

        _records.Remove(file.Path);
        return new ClientOutcome(client, action, path, backup);
    });

    private static bool IsOwnAssembly(string argument) => Path.GetFileName(argument) == "orchestrator.dll";

    // A client may write its file at the same moment: then everything is looked at again.
    private ClientOutcome Try(KnownClient client, string? project, Func<string, ClientOutcome?> change)
    {
        if (machine.ConfigFile(client, project) is not { } path)
        {
            return new ClientOutcome(
                client, ClientAction.LeftUntouched, project!, null, $"{client.Name} has no configuration within a project.", "Leave --project out.");
        }

        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (change(path) is { } outcome)
                {
                    return outcome;
                }
            }

            throw new ConfigRefusedException($"{client.Name} keeps writing to it.", $"Close {client.Name}, then repeat the command.");
        }
        catch (ConfigRefusedException e)
        {
            return new ClientOutcome(client, ClientAction.LeftUntouched, path, null, e.Message, e.NextStep);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ClientOutcome(
                client, ClientAction.LeftUntouched, path, null, $"What is needed to undo it cannot be kept: {e.Message}",
                "Check the permissions and the free space of ~/.local/state/orchestrator.");
        }
    }
}
