namespace Orchestrator.Actors.Templates;

/// <summary>A template on top of the one that it extends: objects are merged, everything else is replaced, null removes.</summary>
internal static class TemplateMerge
{
    public static Json5Object Onto(Json5Object parent, Json5Object child)
    {
        var merged = parent.Members.ToList();
        foreach (var member in child.Members)
        {
            var at = merged.FindIndex(m => m.Name == member.Name);
            if (member.Value is Json5Null)
            {
                merged.RemoveAll(m => m.Name == member.Name);
            }
            else if (at < 0)
            {
                merged.Add(member);
            }
            else
            {
                merged[at] = member.Value is Json5Object o && merged[at].Value is Json5Object under ? member with { Value = Onto(under, o) } : member;
            }
        }

        return child with { Members = merged };
    }
}
