namespace Orchestrator.Host.Clients;

/// <summary>The system whose clients are meant.</summary>
internal enum ClientSystem
{
    /// <summary>Linux and what is like it.</summary>
    Linux,
    /// <summary>macOS.</summary>
    MacOs,
    /// <summary>Windows.</summary>
    Windows,
}

/// <summary>Turns the paths of the table into those of one user on one machine.</summary>
internal sealed class ClientMachine(ClientSystem system, Func<string, string?> environment)
{
    /// <summary>This machine and this user.</summary>
    public static ClientMachine This { get; } = new(
        OperatingSystem.IsWindows() ? ClientSystem.Windows : OperatingSystem.IsMacOS() ? ClientSystem.MacOs : ClientSystem.Linux,
        Environment.GetEnvironmentVariable);

    /// <summary>The user's home directory.</summary>
    public string Home => Variable(system == ClientSystem.Windows ? "USERPROFILE" : "HOME")
        ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The file that holds the client's servers, whether it exists or not; null when the client has none in a project.</summary>
    public string? ConfigFile(KnownClient client, string? project)
    {
        if (project is not null)
        {
            return client.Project is { } inside ? Path.Join(project, inside) : null;
        }

        if (client.Moved is { } moved && Variable(moved.Variable) is { } value)
        {
            return value + moved.Then;
        }

        var files = client.User.Select(Expand).ToList();
        return files.Find(File.Exists) ?? files[0];
    }

    /// <summary>Whether there is a sign of the client.</summary>
    public bool IsPresent(KnownClient client, string? project)
    {
        var file = ConfigFile(client, project);
        if (file is null || File.Exists(file))
        {
            return file is not null;
        }

        return project is not null
            ? Path.GetDirectoryName(client.Project) is { Length: > 0 } folder && folder != ".github" && Directory.Exists(Path.Join(project, folder))
            : client.Marker is { } marker ? Directory.Exists(Expand(marker)) : Directory.Exists(Path.GetDirectoryName(file));
    }

    private string Expand(PerSystem path)
    {
        var config = Variable("XDG_CONFIG_HOME") is { } named && Path.IsPathRooted(named) ? named : $"{Home}/.config";
        return (system switch { ClientSystem.Windows => path.Windows, ClientSystem.MacOs => path.MacOs, _ => path.Linux })
            .Replace("{home}", Home, StringComparison.Ordinal)
            .Replace("{config}", config, StringComparison.Ordinal)
            .Replace("{appdata}", Variable("APPDATA") ?? $"{Home}/AppData/Roaming", StringComparison.Ordinal);
    }

    private string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;
}
