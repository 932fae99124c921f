namespace Orchestrator.Actors.Roles;

/// <summary>
/// The roles in force: the built-in ones, over them those of the user, over them those of the project. What a layer does not say stays as the one below
/// has it. Files are read when somebody asks, and again when they have changed; nothing is read at start.
/// </summary>
/// <param name="layers">Directories and name patterns, lowest layer first.</param>
public sealed class RoleLibrary(IReadOnlyList<(string Directory, string Pattern)> layers)
{
    private const int MostFiles = 200;

    private readonly Lock _lock = new();
    private Loaded? _loaded;

    /// <summary>The layers of a user and a project.</summary>
    /// <param name="home">The user's home directory.</param>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="workspace">The project; null when there is none.</param>
    public static RoleLibrary Of(string home, string dataDirectory, string? workspace)
    {
        var layers = new List<(string, string)> { (Path.Combine(home, ".config/orchestrator/roles"), "*.y*ml") };
        if (workspace is not null)
        {
            layers.Add((workspace, "*_roles.yaml"));
            layers.Add((Path.Combine(workspace, ".task_orchestrator/roles"), "*.y*ml"));
        }

        layers.Add((Path.Combine(dataDirectory, "roles"), "*.y*ml"));
        return new RoleLibrary([.. layers.Distinct()]);
    }

    /// <summary>The role of that name or alias; for a name that nobody has described, the generic one under that name.</summary>
    public SpecialistRole For(string name)
    {
        var loaded = Load();
        var canonical = loaded.Aliases.GetValueOrDefault(name) ?? BuiltInRoles.Aliases.GetValueOrDefault(name, name);
        return loaded.Roles.GetValueOrDefault(canonical) ?? BuiltInRoles.ByName.GetValueOrDefault(canonical) ?? BuiltInRoles.Generic with { Name = name };
    }

    /// <summary>What is wrong with files that therefore have no effect.</summary>
    public IReadOnlyList<RoleProblem> Problems => Load().Problems;

    private Loaded Load()
    {
        lock (_lock)
        {
            var files = Files();
            return _loaded is { } before && before.Files.SequenceEqual(files) ? before : _loaded = Read(files);
        }
    }

    private static Loaded Read(List<FileStamp> files)
    {
        var roles = new Dictionary<string, SpecialistRole>(StringComparer.OrdinalIgnoreCase);
        var aliases = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<RoleProblem>();
        foreach (var file in files)
        {
            var (definitions, problem) = RoleFile.Read(file.Path);
            if (problem is not null)
            {
                problems.Add(problem);
            }

            foreach (var definition in definitions)
            {
                var name = aliases.GetValueOrDefault(definition.Name) ?? BuiltInRoles.Aliases.GetValueOrDefault(definition.Name, definition.Name);
                var below = roles.GetValueOrDefault(name) ?? BuiltInRoles.ByName.GetValueOrDefault(name) ?? BuiltInRoles.Generic with { Name = name };
                roles[name] = below with
                {
                    Persona = definition.Persona ?? below.Persona,
                    Expertise = definition.Expertise ?? below.Expertise,
                    Approach = definition.Approach ?? below.Approach,
                    Deliverable = definition.Deliverable ?? below.Deliverable,
                    From = [.. below.From ?? [], file.Path],
                };
                foreach (var alias in definition.Aliases)
                {
                    aliases[alias] = name;
                }
            }
        }

        return new Loaded(files, roles, aliases, problems);
    }

    private List<FileStamp> Files()
    {
        var files = new List<FileStamp>();
        foreach (var (directory, pattern) in layers)
        {
            try
            {
                files.AddRange(new DirectoryInfo(directory).EnumerateFiles(pattern)
                    .Where(f => f.Extension is ".yaml" or ".yml").OrderBy(f => f.Name, StringComparer.Ordinal)
                    .Select(f => new FileStamp(f.FullName, f.LastWriteTimeUtc, f.Exists ? f.Length : -1)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A layer that is not there has nothing to say.
            }
        }

        return files.Count <= MostFiles ? files : files[..MostFiles];
    }

    private sealed record FileStamp(string Path, DateTime WrittenAt, long Length);

    private sealed record Loaded(
        List<FileStamp> Files, Dictionary<string, SpecialistRole> Roles, Dictionary<string, string> Aliases, IReadOnlyList<RoleProblem> Problems);
}
