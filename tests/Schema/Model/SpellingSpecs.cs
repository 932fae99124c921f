using Orchestrator.Schema.Model;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Model;

/// <summary>What is the same though it is written differently, and what is not though it looks alike.</summary>
public sealed class SpellingSpecs
{
    public static TheoryData<string, string> Same => new()
    {
        { "CREATE TABLE t (a INTEGER NOT NULL)", "create table [T] (\"a\" int not null)" },
        { "CREATE TABLE t (a TEXT)", "CREATE TABLE t (a NVarChar(255) NULL)" },
        { "CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t (a INTEGER NOT NULL, PRIMARY KEY (a))" },
        { "CREATE TABLE t (a DEFAULT 5)", "CREATE TABLE t (a DEFAULT (5))" },
        { "CREATE TABLE t (a DEFAULT NULL)", "CREATE TABLE t (a)" },
        { "CREATE TABLE t (a DEFAULT TRUE)", "CREATE TABLE t (a DEFAULT 1)" },
        { "CREATE TABLE t (a DEFAULT \"x\")", "CREATE TABLE t (a DEFAULT 'x')" },
        { "CREATE TABLE t (a DEFAULT CURRENT_TIMESTAMP)", "CREATE TABLE t (a DEFAULT (current_timestamp))" },
        { "CREATE TABLE t (a DEFAULT -1)", "CREATE TABLE t (a DEFAULT (-1))" },
        { "CREATE TABLE t (a TEXT COLLATE BINARY)", "CREATE TABLE t (a TEXT)" },
        { "CREATE TABLE t (a CHECK (a<>1))", "CREATE TABLE t (a, CONSTRAINT k CHECK (\"a\" != 1))" },
        { "CREATE TABLE t (a, b, UNIQUE (a))", "CREATE TABLE t (a UNIQUE, b)" },
        { "CREATE TABLE t (a /* , b */ , -- no, comma\n c)", "CREATE TABLE t (a, c)" },
        { "CREATE TABLE t (a, b)", "CREATE TABLE t (b, a)" },
        { "CREATE TABLE t (b, a GENERATED ALWAYS AS (1+2) VIRTUAL)", "CREATE TABLE t (b, a AS ( 1 + 2 ))" },
        { "CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID", "CREATE TABLE t (a NOT NULL PRIMARY KEY) WITHOUT  ROWID" },
        { "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE t (a REFERENCES p)",
          "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE t (a, FOREIGN KEY (a) REFERENCES p (id) ON DELETE NO ACTION)" },
        { "CREATE TABLE t (a);CREATE INDEX i ON t (a)", "CREATE TABLE t (a);CREATE INDEX IF NOT EXISTS i ON \"t\" (\"a\" COLLATE binary ASC)" },
        { "CREATE TABLE t (a COLLATE NOCASE);CREATE INDEX i ON t (a)", "CREATE TABLE t (a COLLATE nocase);CREATE INDEX i ON t (a COLLATE NOCASE)" },
        { "CREATE TABLE t (a);CREATE VIEW v AS SELECT a FROM t", "CREATE TABLE t (a);CREATE VIEW [v]  AS select \"a\" from t" },
        { "CREATE TABLE t (a);CREATE TRIGGER r INSERT ON t BEGIN SELECT 1; END",
          "CREATE TABLE t (a);CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SELECT 1; END" },
    };

    public static TheoryData<string, string> Different => new()
    {
        { "CREATE TABLE t (a INTEGER)", "CREATE TABLE t (a TEXT)" },
        { "CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t (a INT PRIMARY KEY)" },
        { "CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)" },
        { "CREATE TABLE t (a INTEGER PRIMARY KEY)", "CREATE TABLE t (a INTEGER PRIMARY KEY DESC)" },
        { "CREATE TABLE t (a TEXT)", "CREATE TABLE t (a TEXT) STRICT" },
        { "CREATE TABLE t (a TEXT PRIMARY KEY)", "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID" },
        { "CREATE TABLE t (a DEFAULT 'x')", "CREATE TABLE t (a DEFAULT 'X')" },
        { "CREATE TABLE t (a DEFAULT 1)", "CREATE TABLE t (a DEFAULT '1')" },
        { "CREATE TABLE t (a NOT NULL)", "CREATE TABLE t (a NOT NULL ON CONFLICT IGNORE)" },
        { "CREATE TABLE t (a COLLATE NOCASE)", "CREATE TABLE t (a COLLATE RTRIM)" },
        { "CREATE TABLE t (a, b, UNIQUE (a, b))", "CREATE TABLE t (a, b, UNIQUE (b, a))" },
        { "CREATE TABLE t (b, a AS (1) STORED)", "CREATE TABLE t (b, a AS (1) VIRTUAL)" },
        { "CREATE TABLE t (a REFERENCES t (a) ON DELETE CASCADE)", "CREATE TABLE t (a REFERENCES t (a))" },
        { "CREATE TABLE t (a REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)", "CREATE TABLE t (a REFERENCES t (a))" },
        { "CREATE TABLE t (a);CREATE INDEX i ON t (a)", "CREATE TABLE t (a);CREATE UNIQUE INDEX i ON t (a)" },
        { "CREATE TABLE t (a);CREATE INDEX i ON t (a)", "CREATE TABLE t (a);CREATE INDEX i ON t (a DESC)" },
        { "CREATE TABLE t (a);CREATE INDEX i ON t (a) WHERE a > 1", "CREATE TABLE t (a);CREATE INDEX i ON t (a) WHERE a > 2" },
        { "CREATE TABLE t (a);CREATE INDEX i ON t (lower(a))", "CREATE TABLE t (a);CREATE INDEX i ON t (upper(a))" },
        { "CREATE TABLE t (é)", "CREATE TABLE t (É)" },
    };

    [Theory]
    [MemberData(nameof(Same))]
    public void Spelling_is_no_difference(string one, string other) => Assert.Equal(Shape(one), Shape(other));

    [Theory]
    [MemberData(nameof(Different))]
    public void What_means_another_thing_is_a_difference(string one, string other) => Assert.NotEqual(Shape(one), Shape(other));

    [Theory]
    [InlineData("CREATE TABLE t (")]
    [InlineData("CREATE TABLE t (a);CREATE INDEX i ON t (b)")]
    public void A_schema_that_does_not_work_is_refused_with_its_statement(string sql) =>
        Assert.Contains("In: CREATE", Assert.Throws<SchemaException>(() => Shape(sql)).Message, StringComparison.Ordinal);

    [Fact]
    public void Tables_behind_a_full_text_index_belong_to_it()
    {
        var schema = SqliteIntrospection.Of(["CREATE VIRTUAL TABLE f USING fts5(a, b)", "CREATE TABLE f_mine (a)"]);

        Assert.Equal(["f", "f_mine"], schema.Tables.Select(t => t.Name));
        Assert.Equal("fts5 ( a , b )", schema.Tables[0].Module);
    }

    internal static string Shape(string sql)
    {
        var schema = SqliteIntrospection.Of(sql.Contains("TRIGGER", StringComparison.Ordinal) ? SplitTrigger(sql) : sql.Split(';'));
        return string.Join("\n", schema.Tables.Select(Shape).Concat(schema.Indexes.Select(i => i.Shape))
            .Concat(schema.Views.Select(v => v.Shape)).Concat(schema.Triggers.Select(t => t.Shape)));
    }

    private static string[] SplitTrigger(string sql) => [sql[..sql.IndexOf(';', StringComparison.Ordinal)], sql[(sql.IndexOf(';', StringComparison.Ordinal) + 1)..]];

    private static string Shape(Table table) => string.Join("\n",
        table.Columns.Select(c => $"{SqlTokens.Fold(c.Name)} {c with { Name = "", Definition = "" }}").Concat(table.Constraints.Select(c => c.Shape)).Order(StringComparer.Ordinal))
        + $"\n{SqlTokens.Fold(table.Name)} {table.Strict} {table.WithoutRowId} {table.AutoIncrement} {table.Module}";
}
