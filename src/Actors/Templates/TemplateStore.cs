using System.Text;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Actors.Templates;

/// <summary>
/// Templates as files, <c>&lt;directory&gt;/&lt;category&gt;/&lt;id&gt;.json5</c>, so that people can edit and share them. A file is old or new, never
/// half; a deleted one is kept in <c>trash</c> for a while.
/// </summary>
public sealed class TemplateStore(string directory)
{
    private const string Extension = ".json5";
    private const int KeptInTrash = 200;
    private readonly Lock _oneAtATime = new();

    /// <summary>Where a template is.</summary>
    public string PathOf(TemplateCategory category, string id) => TemplateNames.IsTemplateId(id)
        ? Path.Combine(FolderOf(category), id + Extension)
        : throw new ArgumentException($"'{id}' is not the id of a template.", nameof(id));

    /// <summary>Stores a template. What is there already and equal counts as stored: a repeated call must find its own effect.</summary>
    /// <exception cref="IOException">It is not stored.</exception>
    public TemplateSaved Save(TemplateCategory category, string id, string content, bool overwrite)
    {
        var path = PathOf(category, id);
        lock (_oneAtATime)
        {
            var before = Read(path);
            if (before is not null && before != content && !overwrite)
            {
                return TemplateSaved.Exists;
            }

            if (before is null && Count(category) >= TemplateLimits.PerCategory)
            {
                return TemplateSaved.Full;
            }

            DurableDirectory.Create(FolderOf(category));
            if (before != content)
            {
                DurableFile.Replace(path, Encoding.UTF8.GetBytes(content));
            }

            DurableDirectory.Sync(FolderOf(category));
            return before is null ? TemplateSaved.Created : before == content ? TemplateSaved.Unchanged : TemplateSaved.Replaced;
        }
    }

    /// <summary>A template of one category, or the first of all; null when there is none.</summary>
    public StoredTemplate? Load(string id, TemplateCategory? category = null)
    {
        foreach (var c in category is { } one ? [one] : Enum.GetValues<TemplateCategory>())
        {
            if (Read(PathOf(c, id)) is { } content)
            {
                return new StoredTemplate(c, id, content);
            }
        }

        return null;
    }

    /// <summary>The ids of a category, in order. Files that cannot be templates are passed over.</summary>
    public IReadOnlyList<string> Ids(TemplateCategory category)
    {
        var folder = FolderOf(category);
        return !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder, $"*{Extension}").Where(f => !IsLink(f)).Select(f => Path.GetFileNameWithoutExtension(f))
                .Where(TemplateNames.IsTemplateId).Order(StringComparer.Ordinal)];
    }

    /// <summary>Moves a template to the trash. A repeated command finds what it deleted there; whatever has taken its place since stays.</summary>
    /// <returns>False when there is none.</returns>
    public bool Delete(TemplateCategory category, string id, CommandId command)
    {
        var path = PathOf(category, id);
        var trash = Path.Combine(directory, "trash");
        var deleted = Path.Combine(trash, $"{Name(category)}.{id}.{DerivedId.Artifact(command).Value}{Extension}");
        lock (_oneAtATime)
        {
            if (File.Exists(deleted))
            {
                return true;
            }

            if (Read(path) is null)
            {
                return false;
            }

            DurableDirectory.Create(trash);
            File.Move(path, deleted);
            DurableDirectory.Sync(trash);
            DurableDirectory.Sync(FolderOf(category));
            foreach (var old in new DirectoryInfo(trash).EnumerateFiles().OrderByDescending(f => f.CreationTimeUtc).Skip(KeptInTrash))
            {
                old.Delete();
            }

            return true;
        }
    }

    /// <summary>The name of a category, of its folder as well.</summary>
    public static string Name(TemplateCategory category) => category switch
    {
        TemplateCategory.User => "user",
        TemplateCategory.Shared => "shared",
        TemplateCategory.Builtin => "builtin",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "Unknown category."),
    };

    private string FolderOf(TemplateCategory category) => Path.Combine(directory, Name(category));

    private int Count(TemplateCategory category) => Directory.Exists(FolderOf(category)) ? Directory.EnumerateFiles(FolderOf(category)).Count() : 0;

    private static string? Read(string path)
    {
        // A link could lead anywhere, and so could show any file to whoever may load a template.
        if (!File.Exists(path) || IsLink(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        using var reader = new StreamReader(file, Encoding.UTF8);
        // One more than is allowed: whoever parses it says that it is too long, and nothing larger is ever read.
        var buffer = new char[TemplateLimits.Content + 1];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}

/// <summary>What became of a template that was to be stored.</summary>
public enum TemplateSaved
{
    /// <summary>It is new.</summary>
    Created,
    /// <summary>It took the place of another one.</summary>
    Replaced,
    /// <summary>The same was there already.</summary>
    Unchanged,
    /// <summary>Another one is there, and was to be kept.</summary>
    Exists,
    /// <summary>The category holds as many as it may.</summary>
    Full,
}

/// <summary>A template as it is stored.</summary>
public sealed record StoredTemplate(TemplateCategory Category, string Id, string Content);
