namespace Orchestrator.Schema.Tests.Upgrading;

public sealed partial class HardCaseSpecs
{
    private const string T = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);INSERT INTO t VALUES (1, 'x'), (2, NULL)";

    public static TheoryData<HardCase> Columns =>
    [
        new("an empty database becomes the wanted one", "", "CREATE TABLE t (a);CREATE INDEX i ON t (a);CREATE VIEW v AS SELECT a FROM t"),
        new("a new table beside others", T, T1() + "CREATE TABLE u (b)") { Step = "create table u" },
        new("nothing differs", T, T1()) { Nothing = true },
        new("only the spelling differs", T, "create table [t] (\"id\" integer not null, A varchar(30) null, constraint pk primary key (ID))") { Nothing = true },
        new("only the order of columns differs", T, "CREATE TABLE t (a TEXT, id INTEGER PRIMARY KEY)") { Nothing = true },
        new("a type of the same affinity is no other type", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20))") { Nothing = true },
        new("a user's own column stays", T, "CREATE TABLE t (id INTEGER PRIMARY KEY)") { Nothing = true, Then = [("SELECT a FROM t", "x; NULL")] },
        new("a user's own table stays", T, "CREATE TABLE u (b)") { Then = [("SELECT count(*) FROM t", "2")] },
        new("a new column is added in place", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER)")
            { Step = "add column t.b", Then = [("SELECT id, a, b FROM t", "1|x|NULL; 2|NULL|NULL")] },
        new("a new column in the middle is added at the end", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER, a TEXT)") { Step = "add column t.b" },
        new("a new NOT NULL column takes its default", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER NOT NULL DEFAULT 7)")
            { Step = "add column", Then = [("SELECT b FROM t", "7; 7")] },
        new("a new NOT NULL column takes its backfill", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER NOT NULL)")
        {
            Hints = """{"backfill":[{"table":"t","column":"b","sql":"id * 10"}]}""", Then = [("SELECT b FROM t", "10; 20")],
        },
        new("a new column that may be NULL takes its backfill", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER)")
        {
            Hints = """{"backfill":[{"table":"t","column":"b","sql":"id * 10"}]}""", Then = [("SELECT b FROM t", "10; 20")],
        },
        new("a new NOT NULL column without either is refused", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER NOT NULL)")
            { Refused = "declare a backfill" },
        new("a new NOT NULL column is free while there are no rows", "CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER NOT NULL)"),
        new("a new column with the current time by default", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)")
            { Then = [("SELECT count(*) FROM t WHERE at LIKE '20__-%'", "2")] },
        new("a new column with an expression by default", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER DEFAULT (1 + 1))")
            { Then = [("SELECT b FROM t", "2; 2")] },
        new("a new virtual generated column", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b AS (id + 1))") { Step = "add column", Then = [("SELECT b FROM t", "2; 3")] },
        new("a new stored generated column", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b AS (id + 1) STORED)")
            { Step = "rebuild", Then = [("SELECT b FROM t", "2; 3")] },
        new("a new unique column", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE)") { Step = "rebuild" },
        new("a new column that refers to another table", T, T1("b INTEGER REFERENCES t (id)")) { Step = "add column" },
        new("a new column with a check and a collation", T, T1("b TEXT COLLATE NOCASE DEFAULT 'k' CHECK (length(b) < 5)")) { Then = [("SELECT count(*) FROM t WHERE b = 'K'", "2")] },
        new("a column goes when that is allowed", T, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
            { Hints = """{"allow_destructive":true}""", Step = "drop column t.a", UndoLosesRows = true, Then = [("SELECT * FROM t", "1; 2")] },
        new("a column goes with the index on it", T + ";CREATE INDEX i ON t (a)", "CREATE TABLE t (id INTEGER PRIMARY KEY)")
            { Hints = """{"allow_destructive":true}""", UndoLosesRows = true, Then = [("SELECT count(*) FROM sqlite_schema WHERE name = 'i'", "0")] },
        new("a column does not go when a view needs it", T + ";CREATE VIEW v AS SELECT a FROM t", "CREATE TABLE t (id INTEGER PRIMARY KEY)")
            { Hints = """{"allow_destructive":true}""", Refused = "v would no longer work" },
        new("a column does not go when a trigger needs it", T + ";CREATE TRIGGER g AFTER DELETE ON t BEGIN INSERT INTO t (a) VALUES (old.a); END", "CREATE TABLE t (id INTEGER PRIMARY KEY)")
            { Hints = """{"allow_destructive":true}""", Refused = "g would no longer work" },
        new("a table goes when it is named", T + ";CREATE TABLE u (b);CREATE INDEX ui ON u (b)", T1()) { Hints = """{"drop_tables":["u"]}""", Step = "drop table u" },
        new("a parent goes when it is named and its children do not", "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE c (p REFERENCES p ON DELETE CASCADE);INSERT INTO p VALUES (1);INSERT INTO c VALUES (1)", "CREATE TABLE c (p)")
            { Hints = """{"drop_tables":["p"]}""", UndoLosesRows = true, Then = [("SELECT p FROM c", "1")] },
        new("NOT NULL in place", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('x')", "CREATE TABLE t (a TEXT NOT NULL)") { Step = "t.a refuses NULL" },
        new("NOT NULL fills with the default", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'd')")
            { UndoLosesRows = true, Then = [("SELECT a FROM t", "x; d")] },
        new("NOT NULL fills with the backfill", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)")
        {
            Hints = """{"backfill":[{"table":"t","column":"a","sql":"'n' || id"}]}""", UndoLosesRows = true, Then = [("SELECT a FROM t", "x; n2")],
        },
        new("NOT NULL names the rows in the way", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)") { Refused = "id = 2" },
        new("NULL in place", "CREATE TABLE t (a TEXT NOT NULL)", "CREATE TABLE t (a TEXT)") { Step = "t.a allows NULL" },
        new("another default", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'z')") { Step = "rebuild", Then = [("SELECT a FROM t", "x; NULL")] },
        new("no default", "CREATE TABLE t (a DEFAULT 5);INSERT INTO t DEFAULT VALUES", "CREATE TABLE t (a)") { Then = [("SELECT a FROM t", "5")] },
        new("a check is added in place", T, T1("CHECK (id > 0)", "CONSTRAINT k")) { Step = "check t" },
        new("a check without a name is added in place and can go again", T, T1("CHECK (id > 0)")) { Step = "check t" },
        new("a check names the rows in the way", T, T1("CHECK (id > 1)")) { Refused = "id = 1" },
        new("a named check goes in place", "CREATE TABLE t (a, CONSTRAINT k CHECK (a > 0))", "CREATE TABLE t (a)") { Step = "no longer check" },
        new("an unnamed check goes", "CREATE TABLE t (a CHECK (a > 0));INSERT INTO t VALUES (1)", "CREATE TABLE t (a)") { Step = "rebuild", Then = [("SELECT a FROM t", "1")] },
        new("a check changes", "CREATE TABLE t (a, CONSTRAINT k CHECK (a > 0))", "CREATE TABLE t (a, CONSTRAINT k CHECK (a > 1))"),
        new("a check that names its own table survives a rebuild", "CREATE TABLE t (a CHECK (t.a > 0), b TEXT);INSERT INTO t VALUES (1, '2')", "CREATE TABLE t (a CHECK (t.a > 0), b INTEGER)"),
        new("another collation", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE)") { Then = [("SELECT count(*) FROM t WHERE a = 'X'", "1")] },
        new("a plain column becomes the computed one it always was", "CREATE TABLE t (a INTEGER, b INTEGER);INSERT INTO t VALUES (1, 2)", "CREATE TABLE t (a INTEGER, b INTEGER AS (a * 2))")
            { Then = [("SELECT b FROM t", "2")] },
        new("a plain column does not become a computed one that differs", "CREATE TABLE t (a INTEGER, b INTEGER);INSERT INTO t VALUES (1, 3)", "CREATE TABLE t (a INTEGER, b INTEGER AS (a * 2))")
            { Refused = "differs from what is there" },
        new("a computed column becomes a plain one with its values", "CREATE TABLE t (a INTEGER, b INTEGER AS (a * 2));INSERT INTO t (a) VALUES (4)", "CREATE TABLE t (a INTEGER, b INTEGER)")
            { Then = [("SELECT b FROM t", "8")] },
        new("what is computed changes", "CREATE TABLE t (a INTEGER, b AS (a * 2));INSERT INTO t (a) VALUES (4)", "CREATE TABLE t (a INTEGER, b AS (a * 3))") { Then = [("SELECT b FROM t", "12")], UndoLosesRows = true },
        new("a name that must be quoted", "CREATE TABLE \"a b\" (\"select\" TEXT, \"x\"\"y\" INTEGER);INSERT INTO \"a b\" VALUES ('1', 2)", "CREATE TABLE \"a b\" (\"select\" INTEGER, \"x\"\"y\" INTEGER)")
            { Then = [("SELECT \"select\", \"x\"\"y\" FROM \"a b\"", "1|2")] },
        new("a table of two thousand columns grows by none", $"CREATE TABLE t ({string.Join(", ", Enumerable.Range(0, 1900).Select(i => $"c{i}"))})", "CREATE TABLE t (c0 TEXT)") { Step = "rebuild" },
        new("a comment in the definition", "CREATE TABLE t (a TEXT -- the first, and (only)\n)", "CREATE TABLE t (a TEXT /* b */, b TEXT -- second\n)"),
        new("a table made of a query", "CREATE TABLE s (a INT, b TEXT);INSERT INTO s VALUES (1, 'x');CREATE TABLE t AS SELECT * FROM s", "CREATE TABLE t (a INTEGER NOT NULL, b TEXT)"),
    ];

    private static string T1(string? more = null, string before = "") =>
        $"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT{(more is null ? "" : $", {before} {more}")});";
}
