using System.Text.Json.Serialization;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Postgres;

namespace Orchestrator.Schema.Applying;

/// <summary>
/// What is stored as JSON: the history, the failures beside it, the manifest of a backup, and what a fingerprint is made of. Generated, because
/// reflection would cost every start several times what the comparison of a stamp costs.
/// </summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(SchemaHints))]
[JsonSerializable(typeof(IReadOnlyList<MigrationStep>))]
[JsonSerializable(typeof(List<MigrationStep>))]
[JsonSerializable(typeof(IReadOnlyList<Rename>))]
[JsonSerializable(typeof(List<Rename>))]
[JsonSerializable(typeof(IReadOnlyList<MigrationRow>))]
[JsonSerializable(typeof(List<MigrationRow>))]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class SchemaJson : JsonSerializerContext;
