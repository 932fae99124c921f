using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LinqToDB.Mapping;
using Orchestrator.Schema.Mapping;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>What a program wants of its database.</summary>
/// <param name="Statements">The DDL, each statement by itself.</param>
/// <param name="Hints">What it cannot say.</param>
/// <param name="Version">The number of the schema, rising with each release that changes it; null when it has none.</param>
public sealed record WantedSchema(IReadOnlyList<string> Statements, SchemaHints Hints, int? Version = null)
{
    /// <summary>Which of its tables are computed from others, or null.</summary>
    public DerivedTables? Derived { get; init; }

    /// <summary>A name for exactly this DDL. It is in the history of databases.</summary>
    public string Checksum => field ??= ChecksumOf(Statements);

    /// <summary>
    /// A name for exactly this DDL with exactly these hints: the stamp. Every start needs it, so it is made without the machinery of JSON. Another
    /// spelling of it would cost each database one comparison.
    /// </summary>
    public string Fingerprint => field ??= Hash(
        $"{string.Join('\0', Statements)}\0{(Hints == SchemaHints.None ? "" : JsonSerializer.Serialize(Hints, SchemaJson.Default.SchemaHints))}\0{Version}");

    /// <summary>What classes want that linq2db maps; the attributes of <see cref="Orchestrator.Schema.Mapping"/> say what its own cannot.</summary>
    /// <param name="database">For which database.</param>
    /// <param name="mappings">How the classes are mapped.</param>
    /// <param name="entities">The classes.</param>
    /// <param name="version">The number of the schema, or null.</param>
    /// <exception cref="SchemaException">A class wants what the database cannot hold.</exception>
    public static WantedSchema From(DatabaseKind database, MappingSchema mappings, IReadOnlyList<Type> entities, int? version = null) =>
        MappedSchema.Of(database, mappings, entities, version);

    internal static string ChecksumOf(IReadOnlyList<string> statements) =>
        Hash(JsonSerializer.Serialize(statements, SchemaJson.Default.IReadOnlyListString));

    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
