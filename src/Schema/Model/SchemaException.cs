namespace Orchestrator.Schema.Model;

/// <summary>A schema that cannot be read or wanted; the message says what is wrong with it.</summary>
public sealed class SchemaException : Exception
{
    /// <summary>Without a reason.</summary>
    public SchemaException()
    {
    }

    /// <summary>For a reason.</summary>
    /// <param name="message">The reason.</param>
    public SchemaException(string message)
        : base(message)
    {
    }

    /// <summary>For a reason that something else gave.</summary>
    /// <param name="message">The reason.</param>
    /// <param name="innerException">What gave it.</param>
    public SchemaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
