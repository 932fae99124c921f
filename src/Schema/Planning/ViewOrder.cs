using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>Puts each view after those that it reads.</summary>
internal static class ViewOrder
{
    public static IReadOnlyList<T> Of<T>(IEnumerable<T> items, Func<T, View> view, IEqualityComparer<string> names)
    {
        var left = items.ToList();
        var ordered = new List<T>();
        while (left.Count > 0)
        {
            // A circle cannot be: a view reads what was there before it. Should one be told of all the same, the order stays.
            var next = left.Find(item =>
                !view(item).Uses.Any(u =>
                left.Exists(o => !ReferenceEquals(view(o), view(item)) && names.Equals(view(o).Name, u.Relation)))) ?? left[0];
            ordered.Add(next);
            left.Remove(next);
        }

        return ordered;
    }
}
