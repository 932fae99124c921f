using System.Text.Json;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>What the stamp of a database is compared with.</summary>
public class WantedSchemaSpecs
{
    private static readonly string[] Statements = ["CREATE TABLE \"Größe\" (a TEXT DEFAULT '<&+>')", "CREATE INDEX i ON t (a)"];

    // Histories that are out there bear it: another spelling of the same would call them forged.
    [Fact]
    public void The_checksum_is_made_of_the_JSON_that_the_first_builds_made() =>
        Assert.Equal(WantedSchema.Hash(JsonSerializer.Serialize(Statements)), new WantedSchema(Statements, SchemaHints.None).Checksum);

    [Fact]
    public void The_stamp_differs_with_each_statement_hint_and_number()
    {
        var hints = new SchemaHints { Renames = [new Rename(RenameKind.Table, "", "alt", "neu")] };
        WantedSchema[] all =
        [
            new(Statements, SchemaHints.None), new(Statements, SchemaHints.None, 1), new(Statements, SchemaHints.None, 2), new(Statements, hints),
            new(Statements, new SchemaHints { DropTables = ["alt"] }), new([Statements[0]], SchemaHints.None), new([string.Concat(Statements)], SchemaHints.None),
        ];

        Assert.Equal(all.Length, all.Select(w => w.Fingerprint).Distinct().Count());
        Assert.Equal(all[0].Fingerprint, new WantedSchema([.. Statements], new SchemaHints()).Fingerprint);
    }
}
