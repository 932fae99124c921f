using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Actors.Serialization;

/// <summary>How a stored shape becomes that of the next version. What is stored is never rewritten: it is lifted each time that it is read.</summary>
/// <param name="From">The stored name of old, such as <c>task-planned/1</c>.</param>
/// <param name="To">The name that it is read as, such as <c>task-planned/2</c>.</param>
/// <param name="Change">Changes the object in place: members added, renamed, converted.</param>
public sealed record Upcast(string From, string To, Action<JsonObject> Change);

/// <summary>The stored shapes of former versions.</summary>
public sealed class Upcasts
{
    private readonly FrozenDictionary<string, Upcast> _steps;

    /// <summary>From steps of one version each; a shape that is three versions old goes through three.</summary>
    /// <exception cref="ArgumentException">Two begin at the same name, or they lead in a circle.</exception>
    public Upcasts(params IReadOnlyCollection<Upcast> steps)
    {
        _steps = steps.ToFrozenDictionary(s => s.From);
        foreach (var step in steps)
        {
            var (name, left) = (step.From, steps.Count);
            while (_steps.TryGetValue(name, out var next))
            {
                name = left-- > 0 ? next.To : throw new ArgumentException($"The upcasts of '{step.From}' lead in a circle.", nameof(steps));
            }
        }
    }

    /// <summary>Those of this build. No stored shape has changed yet: the golden journals under tests/Golden are read as they were written.</summary>
    public static Upcasts Known { get; } = new();

    /// <summary>The name that this is read as today; the same when it is today's.</summary>
    public string Name(string stored)
    {
        while (_steps.TryGetValue(stored, out var step))
        {
            stored = step.To;
        }

        return stored;
    }

    /// <summary>The stored bytes as today's version would have written them; the same when they are today's.</summary>
    /// <exception cref="JsonException">They are not a JSON object.</exception>
    public byte[] Lift(string stored, ReadOnlySpan<byte> bytes)
    {
        if (!_steps.ContainsKey(stored))
        {
            return bytes.ToArray();
        }

        var shape = JsonNode.Parse(bytes) as JsonObject ?? throw new JsonException($"What is stored as '{stored}' is no object.");
        for (; _steps.TryGetValue(stored, out var step); stored = step.To)
        {
            step.Change(shape);
        }

        return JsonSerializer.SerializeToUtf8Bytes(shape, EventJson.Default.JsonObject);
    }

    /// <summary>Whether a name has a later version.</summary>
    public bool IsOld(string stored) => _steps.ContainsKey(stored);
}
