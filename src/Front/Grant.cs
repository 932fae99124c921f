using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Front;

/// <summary>What a subscription was granted.</summary>
/// <param name="RawId">The subscription's id as the backend spelled it.</param>
/// <param name="RawFilter">The notifications that it will get, as the backend listed them.</param>
internal sealed record Grant(ReadOnlyMemory<byte> RawId, ReadOnlyMemory<byte> RawFilter)
{
    /// <summary>True when it gets to hear that the tools have changed.</summary>
    public bool HearsOfTools => Kinds().Contains("toolsListChanged");

    /// <summary>True when everything that <paramref name="other"/> was granted is granted here, too.</summary>
    public bool Covers(Grant other) => RawFilter.Span.SequenceEqual(other.RawFilter.Span) || other.Kinds().IsSubsetOf(Kinds());

    private HashSet<string> Kinds()
    {
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        if (RawFilter.IsEmpty)
        {
            return kinds;
        }

        using var filter = JsonDocument.Parse(RawFilter);
        if (filter.RootElement.ValueKind != JsonValueKind.Object)
        {
            return kinds;
        }

        foreach (var member in filter.RootElement.EnumerateObject())
        {
            // As it is spelled: what a name says may be no text.
            var name = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));
            if (member.Value.ValueKind == JsonValueKind.Array)
            {
                kinds.UnionWith(member.Value.EnumerateArray().Select(item => $"{name} {item.GetRawText()}"));
            }
            else if (member.Value.ValueKind == JsonValueKind.True)
            {
                kinds.Add(name);
            }
        }

        return kinds;
    }
}
