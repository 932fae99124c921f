namespace Orchestrator.Protocol.Tasks;

/// <summary>What the value of an attribute is.</summary>
public enum AttributeKind
{
    /// <summary>Any text.</summary>
    Text,
    /// <summary>A JSON number.</summary>
    Number,
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,
    /// <summary>A point in time, ISO 8601.</summary>
    Date,
    /// <summary>A JSON object or list.</summary>
    Json,
    /// <summary>The id of a task.</summary>
    Reference,
}

/// <summary>A value that somebody attached to a task, as text in the form that its kind gives it.</summary>
public sealed record AttributeValue(AttributeKind Kind, string Value);

/// <summary>Sets an attribute; with null, removes it.</summary>
public sealed record AttributeChange(string Name, AttributeValue? Attribute);
