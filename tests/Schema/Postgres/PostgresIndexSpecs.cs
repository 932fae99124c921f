namespace Orchestrator.Schema.Tests.Postgres;

/// <summary>What is read of an index makes just that index again, whether the server prints it or we write it down ourselves.</summary>
public sealed class PostgresIndexSpecs
{
    private const string Tables =
        """
        CREATE TYPE mood AS ENUM ('sad', 'glad');
        CREATE DOMAIN code AS text CHECK (VALUE <> '');
        CREATE TABLE "Order" ("select" text, n integer, v varchar(20), b char(4), c text COLLATE "C", m mood, d code, l integer[], t timestamptz, j jsonb, f boolean);
        CREATE MATERIALIZED VIEW w AS SELECT n, c FROM "Order";
        """;

    [SkippableTheory]
    [InlineData("INDEX mine ON \"Order\" (n)", true)]
    [InlineData("INDEX mine ON \"Order\" (n, \"select\" DESC, t NULLS FIRST, v DESC NULLS LAST)", true)]
    [InlineData("INDEX mine ON \"Order\" (c, b, v)", true)]
    [InlineData("INDEX mine ON \"Order\" (n) WHERE n > 1 AND \"select\" IS NOT NULL", true)]
    [InlineData("INDEX mine ON \"Order\" (n) WHERE f", true)]
    [InlineData("INDEX mine ON \"Order\" (c COLLATE \"POSIX\", n)", false)]
    [InlineData("INDEX mine ON \"Order\" (\"select\" COLLATE \"C\")", false)]
    [InlineData("INDEX mine ON \"Order\" (n, \"select\" text_pattern_ops)", false)]
    [InlineData("INDEX mine ON \"Order\" (v varchar_pattern_ops)", false)]
    [InlineData("INDEX mine ON \"Order\" (n, m)", false)]
    [InlineData("INDEX mine ON \"Order\" (d, n)", false)]
    [InlineData("INDEX mine ON \"Order\" (l)", false)]
    [InlineData("INDEX mine ON \"Order\" (lower(\"select\"), n)", false)]
    [InlineData("INDEX mine ON \"Order\" (n) INCLUDE (t)", false)]
    [InlineData("INDEX mine ON \"Order\" (n) WITH (fillfactor = 70)", false)]
    [InlineData("INDEX mine ON \"Order\" USING hash (n)", false)]
    [InlineData("INDEX mine ON \"Order\" USING gin (j)", false)]
    [InlineData("UNIQUE INDEX mine ON \"Order\" (n, c)", false)]
    [InlineData("INDEX mine ON w (c)", false)]
    public void An_index_is_made_again_as_it_was(string definition, bool isOurs)
    {
        using var sandbox = new PostgresSandbox();
        sandbox.Run($"{Tables} CREATE {definition}");
        var index = Assert.Single(sandbox.Schema().Indexes);
        Assert.Equal(isOurs, index.Sql.StartsWith("CREATE INDEX \"mine\" ON ", StringComparison.Ordinal));   // the server quotes only what it must
        var before = Printed();
        sandbox.Run("DROP INDEX mine");
        sandbox.Run(index.Sql);
        Assert.Equal(before, Printed());
        Assert.Equal(index.Shape, Assert.Single(sandbox.Schema().Indexes).Shape);

        string Printed() => (string)Assert.Single(sandbox.Rows("SELECT pg_get_indexdef('mine'::regclass)"))[0]!;
    }
}
