using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Actors.Roles;

/// <summary>What is wrong with a file of roles, and where. The file has no effect; the others have.</summary>
/// <param name="File">Its path.</param>
/// <param name="Line">From 1; 0 when it could not be read at all.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong.</param>
public sealed record RoleProblem(string File, long Line, long Column, string Message);

/// <summary>What a file says about a role; null members leave the layer below as it is.</summary>
public sealed record RoleDefinition(
    string Name, string? Persona, IReadOnlyList<string>? Expertise, IReadOnlyList<string>? Approach, string? Deliverable, IReadOnlyList<string> Aliases);

/// <summary>Reads a YAML file of roles: a mapping from names to what they are.</summary>
public static class RoleFile
{
    private const long LongestFile = 256 * 1024;
    private const int Deepest = 8;
    private const int MostRoles = 100;
    private const int LongestText = 4_000;
    private const int MostEntries = 50;

    /// <summary>The roles of a file, or what is wrong with it.</summary>
    public static (IReadOnlyList<RoleDefinition> Roles, RoleProblem? Problem) Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LongestFile)
            {
                return ([], new RoleProblem(path, 0, 0, $"It is longer than {LongestFile / 1024} kB."));
            }

            var text = File.ReadAllText(path);
            CheckDepth(text);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents.Count == 0 ? ([], null) : (Roles(yaml.Documents[0].RootNode), null);
        }
        catch (YamlException e)
        {
            return ([], new RoleProblem(path, e.Start.Line, e.Start.Column, e.InnerException?.Message ?? e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], new RoleProblem(path, 0, 0, e.Message));
        }
    }

    // The model of a document is built by recursion: ten thousand brackets would end the process.
    private static void CheckDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > Deepest + 2 && parser.Current is MappingStart or SequenceStart)
            {
                throw new YamlException(parser.Current.Start, parser.Current.End, $"It is nested more than {Deepest} levels deep.");
            }
        }
    }

    private static List<RoleDefinition> Roles(YamlNode root)
    {
        var roles = Mapping(root, "The file").Children.Where(c => c.Value is not YamlScalarNode { Value: null or "" })
            .Select(c => Role(c.Key, c.Value)).ToList();
        return roles.Count <= MostRoles ? roles : throw Wrong(root, $"It describes {roles.Count} roles; at most {MostRoles} are read.");
    }

    private static RoleDefinition Role(YamlNode key, YamlNode value)
    {
        var name = Name(key);
        string? persona = null, deliverable = null;
        IReadOnlyList<string>? expertise = null, approach = null, aliases = null;
        foreach (var (member, content) in Mapping(value, $"'{name}'").Children)
        {
            switch (Text(member))
            {
                case "role_definition" or "persona":
                    persona = Text(content);
                    break;
                case "expertise":
                    expertise = Texts(content);
                    break;
                case "approach":
                    approach = Texts(content);
                    break;
                case "output_format" or "deliverable":
                    deliverable = content is YamlSequenceNode ? string.Join(' ', Texts(content)) : Text(content);
                    break;
                case "aliases":
                    aliases = [.. ((content as YamlSequenceNode)?.Children ?? [content]).Select(Name)];
                    break;
                case "specialist_roles":
                    break;   // what others do is said by their own roles
                case var unknown:
                    throw Wrong(
                        member, $"'{unknown}' is no part of a role. Known are role_definition, expertise, approach, output_format and aliases.");
            }
        }

        return new RoleDefinition(name, persona, expertise, approach, deliverable, aliases ?? []);
    }

    private static YamlMappingNode Mapping(YamlNode node, string what) => node as YamlMappingNode ?? throw Wrong(node, $"{what} must be a mapping.");

    private static string Name(YamlNode node)
    {
        var name = Text(node).ToLowerInvariant();
        return name.Length is > 0 and <= 50 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? name
            : throw Wrong(node, "The name of a role has at most 50 letters, digits, _ and -.");
    }

    private static string Text(YamlNode node)
    {
        var text = (node as YamlScalarNode)?.Value?.Trim() ?? throw Wrong(node, "A text is needed here.");
        return text.Length > LongestText ? throw Wrong(node, $"The text has {text.Length} characters; at most {LongestText} are read.")
            : text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? throw Wrong(node, "The text holds a control character.")
            : text;
    }

    private static List<string> Texts(YamlNode node) => node switch
    {
        YamlSequenceNode { Children.Count: <= MostEntries } list => [.. list.Children.Select(Text)],
        YamlSequenceNode list => throw Wrong(node, $"The list has {list.Children.Count} entries; at most {MostEntries} are read."),
        _ => [Text(node)],
    };

    private static YamlException Wrong(YamlNode node, string message) => new(node.Start, node.End, message);
}
