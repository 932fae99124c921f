using Acornima;
using Acornima.Ast;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Actors.Templates;

/// <summary>
/// Reads JSON5. It is a part of JavaScript's expressions, so a JavaScript parser reads it and tells where everything stands; whatever of
/// JavaScript is no data is refused here. Nothing is ever evaluated.
/// </summary>
public static class Json5
{
    // The last edition before numbers with underscores and big integers; its strings are those of JSON5.
    private static readonly ParserOptions Options = new() { EcmaVersion = EcmaVersion.ES2019 };

    /// <summary>The value of a document.</summary>
    /// <param name="source">Its name in positions.</param>
    /// <param name="text">The document.</param>
    /// <exception cref="Json5Exception">It is not JSON5, or over a limit.</exception>
    public static Json5Value Parse(string source, string text)
    {
        if (text.Length > TemplateLimits.Content)
        {
            throw new Json5Exception(
                new TextPosition(source, 1, 1), $"The document has {text.Length} characters; at most {TemplateLimits.Content} are allowed.");
        }

        try
        {
            return Convert(source, new Parser(Options).ParseExpression(text), 1);
        }
        catch (ParseErrorException e)
        {
            throw new Json5Exception(new TextPosition(source, e.LineNumber, e.Column + 1), $"This is not JSON5: {e.Error.Description}.");
        }
        catch (InsufficientExecutionStackException)
        {
            throw TooDeep(new TextPosition(source, 1, 1));
        }
    }

    private static Json5Value Convert(string source, Node node, int depth)
    {
        var at = new TextPosition(source, node.Location.Start.Line, node.Location.Start.Column + 1);
        if (depth > TemplateLimits.Depth)
        {
            throw TooDeep(at);
        }

        switch (node)
        {
            case StringLiteral text:
                return TextRule.Prose.FirstForbidden(text.Value) is { } forbidden
                    ? throw new Json5Exception(
                        at, $"The text holds the character U+{(int)text.Value[forbidden]:X4}, which is invisible, changes how text is shown, or stands "
                        + "for damaged text.")
                    : new Json5Text(at, text.Value);
            case NumericLiteral number:
                // "010" is eight to one reader and ten to another; JSON5 has neither.
                return number.Raw.Length > 1 && number.Raw[0] == '0' && char.IsAsciiDigit(number.Raw[1])
                    ? throw new Json5Exception(at, $"The number {number.Raw} begins with a zero.")
                    : Number(at, number.Value);
            case BooleanLiteral flag:
                return new Json5Flag(at, flag.Value);
            case NullLiteral:
                return new Json5Null(at);
            case UnaryExpression { Operator: Operator.UnaryNegation or Operator.UnaryPlus, Argument: NumericLiteral } signed:
                var unsigned = (Json5Number)Convert(source, signed.Argument, depth);
                return new Json5Number(at, signed.Operator == Operator.UnaryNegation ? -unsigned.Value : unsigned.Value);
            case ArrayExpression list:
                return list.Elements.Count > TemplateLimits.Elements
                    ? throw new Json5Exception(at, $"The list has {list.Elements.Count} elements; at most {TemplateLimits.Elements} are allowed.")
                    : new Json5List(at, [.. list.Elements.Select(e => e is null
                        ? throw new Json5Exception(at, "The list has a hole: two commas follow each other.")
                        : Convert(source, e, depth + 1))]);
            case ObjectExpression o:
                return Object(source, at, o, depth);
            default:
                throw new Json5Exception(at, "Here must stand an object, a list, a string, a number, true, false or null.");
        }
    }

    private static Json5Object Object(string source, TextPosition at, ObjectExpression node, int depth)
    {
        if (node.Properties.Count > TemplateLimits.Members)
        {
            throw new Json5Exception(at, $"The object has {node.Properties.Count} members; at most {TemplateLimits.Members} are allowed.");
        }

        var members = new List<Json5Member>();
        var names = new HashSet<string>();
        foreach (var property in node.Properties)
        {
            var here = new TextPosition(source, property.Location.Start.Line, property.Location.Start.Column + 1);
            if (property is not ObjectProperty { Kind: PropertyKind.Init, Computed: false, Method: false, Shorthand: false } plain)
            {
                throw new Json5Exception(here, "Here must stand a name, a colon and a value.");
            }

            var name = plain.Key switch
            {
                Identifier identifier => identifier.Name,
                StringLiteral text => text.Value,
                _ => throw new Json5Exception(here, "A name must be an identifier or stand in quotes."),
            };
            members.Add(names.Add(name)
                ? new Json5Member(name, here, Convert(source, plain.Value, depth + 1))
                : throw new Json5Exception(here, $"The name '{name}' is used twice in one object."));
        }

        return new Json5Object(at, members);
    }

    private static Json5Number Number(TextPosition at, double value) =>
        double.IsFinite(value) ? new Json5Number(at, value) : throw new Json5Exception(at, "The number is too large.");

    private static Json5Exception TooDeep(TextPosition at) => new(at, $"Objects and lists are nested deeper than {TemplateLimits.Depth}.");
}

/// <summary>A document is not JSON5, or over a limit.</summary>
public sealed class Json5Exception(TextPosition at, string message) : Exception(message)
{
    /// <summary>Where.</summary>
    public TextPosition At { get; } = at;
}
