using System.Text.Json;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>What the stamp of a database is compared with.</summary>
public class WantedSchemaSpecs
{
    // Databases that are out there bear it: another spelling of the same would compare them all anew, and call their history forged.
    [Fact]
    public void Names_of_a_schema_are_made_of_the_JSON_that_the_first_builds_made()
    {
        string[] statements = ["CREATE TABLE \"Größe\" (a TEXT DEFAULT '<&+>')", "CREATE INDEX i ON t (a)"];
        var hints = new SchemaHints
        {
            Renames = [new Rename(RenameKind.Table, "", "alt", "neu")],
            Convert = [new ColumnExpression("t", "a", "upper(a) || '\u00e9'")],
            AllowDestructive = true,
            DropTables = ["old"],
        };

        var wanted = new WantedSchema(statements, hints, 7);

        Assert.Equal(WantedSchema.Hash(JsonSerializer.Serialize(statements)), wanted.Checksum);
        Assert.Equal(WantedSchema.Hash(JsonSerializer.Serialize(statements) + JsonSerializer.Serialize(hints) + 7), wanted.Fingerprint);
    }
}
