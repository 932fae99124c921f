using System.Text.Json;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>The words of the tools for the values of an enum: snake case, as stored, and some that users know from elsewhere.</summary>
internal sealed class Vocabulary<T> where T : struct, Enum
{
    private readonly Dictionary<string, T> _byWord = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<T, string> _byValue = [];

    public Vocabulary(IEnumerable<T> values, params (string Word, T Value)[] synonyms)
    {
        foreach (var value in values)
        {
            var word = JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
            _byWord.Add(word, value);
            _byValue.Add(value, word);
        }

        All = string.Join(", ", _byWord.Keys);
        foreach (var (word, value) in synonyms)
        {
            _byWord.Add(word, value);
        }
    }

    /// <summary>All words, for messages.</summary>
    public string All { get; }

    /// <summary>The word for a value.</summary>
    public string this[T value] => _byValue[value];

    public bool TryParse(string word, out T value) => _byWord.TryGetValue(word, out value);
}

/// <summary>The vocabularies.</summary>
internal static class Vocabulary
{
    public static readonly Vocabulary<TaskPhase> Phases =
        new(Enum.GetValues<TaskPhase>().Where(p => p != TaskPhase.None), ("active", TaskPhase.InProgress));

    public static readonly Vocabulary<TaskKind> Kinds = new(Enum.GetValues<TaskKind>());
    public static readonly Vocabulary<TaskComplexity> Complexities = new(Enum.GetValues<TaskComplexity>());
    public static readonly Vocabulary<DependencyKind> DependencyKinds = new(Enum.GetValues<DependencyKind>());
    public static readonly Vocabulary<NextAction> NextActions = new(Enum.GetValues<NextAction>());
    public static readonly Vocabulary<ArtifactKind> ArtifactKinds = new(Enum.GetValues<ArtifactKind>());
    public static readonly Vocabulary<AttributeKind> AttributeKinds = new(Enum.GetValues<AttributeKind>(), ("string", AttributeKind.Text));
    public static readonly Vocabulary<GateRequirement> GateRequirements = new(Enum.GetValues<GateRequirement>());
    public static readonly Vocabulary<ArchiveCause> ArchiveCauses = new(Enum.GetValues<ArchiveCause>());
    public static readonly Vocabulary<FileChange> FileChanges = new(Enum.GetValues<FileChange>());
    public static readonly Vocabulary<RestartPhase> RestartPhases = new(Enum.GetValues<RestartPhase>());
    public static readonly Vocabulary<WindowWork> WindowWork = new(Enum.GetValues<WindowWork>());
    public static readonly Vocabulary<WindowOutcome> WindowOutcomes = new(Enum.GetValues<WindowOutcome>());
    public static readonly Vocabulary<WindowPhase> WindowPhases = new(Enum.GetValues<WindowPhase>());
    public static readonly Vocabulary<RestartScope> RestartScopes = new(Enum.GetValues<RestartScope>());
    public static readonly Vocabulary<Detail> Details = new(Enum.GetValues<Detail>());
}

/// <summary>How much a list says about each task.</summary>
internal enum Detail
{
    /// <summary>One row.</summary>
    Brief,
    /// <summary>Everything.</summary>
    Full,
}
