using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Postgres;
using Orchestrator.Schema.Tests.Upgrading;

namespace Orchestrator.Schema.Tests.Postgres;

public sealed class PostgresHistorySpecs() : HistorySpecs(new PostgresSandbox())
{
    public static TheoryData<string> Ddl =>
    [
        "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x'", "ALTER TABLE t ALTER COLUMN a DROP NOT NULL", "ALTER TABLE t ALTER COLUMN n TYPE bigint", "ALTER TABLE t RENAME COLUMN a TO b",
        "ALTER TABLE t ADD CHECK (n > 0)", "DROP INDEX i", "CREATE INDEX j ON t (n)", "CREATE VIEW w AS SELECT n FROM t", "CREATE OR REPLACE VIEW v AS SELECT a, n FROM t", "DROP TRIGGER g ON t",
        "ALTER TABLE t DISABLE TRIGGER g", "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'", "COMMENT ON COLUMN t.a IS 'a'", "ALTER TYPE mood ADD VALUE 'bad'",
        "CREATE TABLE u (a text)", "DROP VIEW v",
    ];

    private protected override FaultCase Faults => FaultCase.Postgres;

    [SkippableTheory]
    [MemberData(nameof(Ddl))]
    public void Whatever_changes_the_schema_changes_the_stamp(string ddl)
    {
        using var sandbox = new PostgresSandbox();
        const string wanted =
            """
            CREATE TYPE mood AS ENUM ('sad'); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
            CREATE TABLE t (a text NOT NULL, n integer, m mood); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
            """;
        Assert.IsType<Upgraded>(sandbox.To(wanted).Apply());
        sandbox.Run("INSERT INTO t VALUES ('x', 1, 'sad');ANALYZE t;VACUUM (FREEZE) t;VACUUM (FREEZE, ANALYZE) pg_attribute;UPDATE t SET n = 2");
        Assert.Equal(new UpToDate(true), sandbox.To(wanted).Check());

        sandbox.Run(ddl);

        Assert.NotEqual(new UpToDate(true), sandbox.To(wanted).Check());
    }

    [Fact]
    public void Statements_of_a_file_end_where_the_server_says() => Assert.Equal(
        [
            "CREATE TABLE t (a text DEFAULT ';', \"b;\" text DEFAULT E'\\';') /* ; /* ; */ */",
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $x$ BEGIN PERFORM 1; PERFORM $$;$$; END $x$",
            "CREATE FUNCTION g() RETURNS integer BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END",
        ],
        PostgresScript.Statements(
            """
            CREATE TABLE t (a text DEFAULT ';', "b;" text DEFAULT E'\';') /* ; /* ; */ */;
            -- ; nothing
            CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $x$ BEGIN PERFORM 1; PERFORM $$;$$; END $x$;
            CREATE FUNCTION g() RETURNS integer BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
            """).Select(s => s.Replace("-- ; nothing\n", "", StringComparison.Ordinal)));
}
