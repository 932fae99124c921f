using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Orchestrator.Actors.Templates;

/// <summary>Where something stands: the document, and line and column from 1.</summary>
public readonly record struct TextPosition(string Source, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}

/// <summary>A value of a JSON5 document that knows where it stands.</summary>
public abstract record Json5Value(TextPosition At)
{
    /// <summary>What kind of value it is, for messages.</summary>
    public abstract string Kind { get; }

    /// <summary>The value as it reads within a sentence: a text without quotes, a list by its elements, an object as JSON.</summary>
    public virtual string ToText() => ToJson();

    /// <summary>The value as JSON.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Writes the value as JSON.</summary>
    public abstract void Write(Utf8JsonWriter writer);
}

/// <summary>An object; its names are unique.</summary>
public sealed record Json5Object(TextPosition At, IReadOnlyList<Json5Member> Members) : Json5Value(At)
{
    /// <inheritdoc/>
    public override string Kind => "an object";

    /// <summary>The member of that name.</summary>
    public Json5Member? Find(string name) => Members.FirstOrDefault(m => m.Name == name);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var member in Members)
        {
            writer.WritePropertyName(member.Name);
            member.Value.Write(writer);
        }

        writer.WriteEndObject();
    }
}

/// <summary>A name and its value.</summary>
public sealed record Json5Member(string Name, TextPosition At, Json5Value Value);

/// <summary>A list.</summary>
public sealed record Json5List(TextPosition At, IReadOnlyList<Json5Value> Elements) : Json5Value(At)
{
    /// <inheritdoc/>
    public override string Kind => "a list";

    /// <inheritdoc/>
    public override string ToText() => string.Join(", ", Elements.Select(e => e.ToText()));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var element in Elements)
        {
            element.Write(writer);
        }

        writer.WriteEndArray();
    }
}

/// <summary>A text.</summary>
public sealed record Json5Text(TextPosition At, string Value) : Json5Value(At)
{
    /// <inheritdoc/>
    public override string Kind => "a string";

    /// <inheritdoc/>
    public override string ToText() => Value;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer) => writer.WriteStringValue(Value);
}

/// <summary>A finite number.</summary>
public sealed record Json5Number(TextPosition At, double Value) : Json5Value(At)
{
    /// <inheritdoc/>
    public override string Kind => "a number";

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer) => writer.WriteRawValue(Value.ToString("R", CultureInfo.InvariantCulture));
}

/// <summary>True or false.</summary>
public sealed record Json5Flag(TextPosition At, bool Value) : Json5Value(At)
{
    /// <inheritdoc/>
    public override string Kind => "a boolean";

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer) => writer.WriteBooleanValue(Value);
}

/// <summary>Null.</summary>
public sealed record Json5Null(TextPosition At) : Json5Value(At)
{
    /// <inheritdoc/>
    public override string Kind => "null";

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer) => writer.WriteNullValue();
}
