using Orchestrator.Schema.Tests.Postgres;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>The hard cases that both databases know. Each is applied, looked at again, taken back and applied again; or refused, and nothing has changed.</summary>
public abstract class SharedCaseSpecs(Func<Sandbox> make)
{
    private const string T = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);INSERT INTO t VALUES (1, 'x'), (2, NULL);";
    private const string P = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);INSERT INTO p VALUES (1, '5'), (2, '6');";
    private const string Retyped = "CREATE TABLE p (id INTEGER PRIMARY KEY, a INTEGER);";
    private const string AB = "CREATE TABLE t (a TEXT, b TEXT);INSERT INTO t VALUES ('A', 'B');";
    private const string Drop = """{"allow_destructive":true}""";

    public static TheoryData<HardCase> Cases =>
    [
        new("an empty database becomes the wanted one", "", "CREATE TABLE t (a TEXT);CREATE INDEX i ON t (a);CREATE VIEW v AS SELECT a FROM t"),
        new("a new table beside others", T, T1() + ";CREATE TABLE u (b TEXT)") { Step = "create table u" },
        new("nothing differs", T, T1()) { Nothing = true },
        new("only the spelling differs", T, "create table \"t\" (\"id\" integer not null, a text null, constraint pk primary key (ID))") { Nothing = true },
        new("only the order of columns differs", T, "CREATE TABLE t (a TEXT, id INTEGER PRIMARY KEY)") { Nothing = true },
        new("a user's own column stays", T, "CREATE TABLE t (id INTEGER PRIMARY KEY)") { Nothing = true, Then = [("SELECT a FROM t ORDER BY id", "x; NULL")] },
        new("a user's own table stays", T, "CREATE TABLE u (b TEXT)") { Then = [("SELECT count(*) FROM t", "2")] },
        new("a new column is added", T, T1("b INTEGER")) { Step = "add column t.b", Then = [("SELECT id, a, b FROM t ORDER BY id", "1|x|NULL; 2|NULL|NULL")] },
        new("a new NOT NULL column takes its default", T, T1("b INTEGER NOT NULL DEFAULT 7")) { Then = [("SELECT b FROM t", "7; 7")] },
        new("a new NOT NULL column takes its backfill", T, T1("b INTEGER NOT NULL")) { Hints = Fill("b", "id * 10"), Then = [("SELECT b FROM t ORDER BY id", "10; 20")] },
        new("a new column that may be NULL takes its backfill", T, T1("b INTEGER")) { Hints = Fill("b", "id * 10"), Then = [("SELECT b FROM t ORDER BY id", "10; 20")] },
        new("a new NOT NULL column without either is refused", T, T1("b INTEGER NOT NULL")) { Refused = "declare a backfill" },
        new("a new NOT NULL column is free while there are no rows", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)", T1("b INTEGER NOT NULL")),
        new("a new column with the time by default", T, T1("at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP")) { Then = [("SELECT count(*) FROM t WHERE at LIKE '20%'", "2")] },
        new("a new computed column", T, T1("b INTEGER GENERATED ALWAYS AS (id + 1) STORED")) { Then = [("SELECT b FROM t ORDER BY id", "2; 3")] },
        new("a new unique column", T, T1("b TEXT UNIQUE")),
        new("a new column that refers to a table", T, T1("b INTEGER REFERENCES t (id)")),
        new("a column goes when that is allowed", T, "CREATE TABLE t (id INTEGER PRIMARY KEY)") { Hints = Drop, Step = "drop column t.a", UndoLosesRows = true, Then = [("SELECT * FROM t ORDER BY id", "1; 2")] },
        new("a column goes with the index on it", T + "CREATE INDEX i ON t (a)", "CREATE TABLE t (id INTEGER PRIMARY KEY)") { Hints = Drop, UndoLosesRows = true, Then = [("SELECT count(*) FROM t", "2")] },
        new("a column does not go when a view needs it", T + "CREATE VIEW v AS SELECT a FROM t", "CREATE TABLE t (id INTEGER PRIMARY KEY)") { Hints = Drop, Refused = "v" },
        new("a table goes when it is named", T + "CREATE TABLE u (b TEXT);CREATE INDEX ui ON u (b)", T1()) { Hints = """{"drop_tables":["u"]}""", Step = "drop table u" },
        new("NOT NULL", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('x')", "CREATE TABLE t (a TEXT NOT NULL)") { Step = "t.a refuses NULL" },
        new("NOT NULL fills with the default", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'd')") { UndoLosesRows = true, Then = [("SELECT a FROM t ORDER BY id", "x; d")] },
        new("NOT NULL fills with the backfill", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)") { Hints = Fill("a", "'n' || id"), UndoLosesRows = true, Then = [("SELECT a FROM t ORDER BY id", "x; n2")] },
        new("NOT NULL names the rows in the way", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)") { Refused = "id = " },
        new("NULL", "CREATE TABLE t (a TEXT NOT NULL)", "CREATE TABLE t (a TEXT)") { Step = "t.a allows NULL" },
        new("another default", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'z')") { Then = [("SELECT a FROM t ORDER BY id", "x; NULL")] },
        new("no default", "CREATE TABLE t (a INTEGER DEFAULT 5, b TEXT);INSERT INTO t (b) VALUES ('x')", "CREATE TABLE t (a INTEGER, b TEXT)") { Then = [("SELECT a FROM t", "5")] },
        new("a check is added", T, T1("CONSTRAINT k CHECK (id > 0)")) { Step = "check t" },
        new("a check without a name is added", T, T1("CHECK (id > 0)")) { Step = "check t" },
        new("a check names the rows in the way", T, T1("CHECK (id > 1)")) { Refused = "id = " },
        new("a named check goes", "CREATE TABLE t (a INTEGER, CONSTRAINT k CHECK (a > 0))", "CREATE TABLE t (a INTEGER)") { Step = "no longer check" },
        new("a check changes", "CREATE TABLE t (a INTEGER, CONSTRAINT k CHECK (a > 0))", "CREATE TABLE t (a INTEGER, CONSTRAINT k CHECK (a > 1))"),
        new("a plain column becomes the computed one it always was", "CREATE TABLE t (a INTEGER, b INTEGER);INSERT INTO t VALUES (1, 2)", "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED)") { Then = [("SELECT b FROM t", "2")] },
        new("a plain column does not become a computed one that differs", "CREATE TABLE t (a INTEGER, b INTEGER);INSERT INTO t VALUES (1, 3)", "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED)")
            { Refused = "differs from what is there" },
        new("a computed column becomes a plain one with its values", "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED);INSERT INTO t (a) VALUES (4)", "CREATE TABLE t (a INTEGER, b INTEGER)") { Then = [("SELECT b FROM t", "8")] },
        new("what is computed changes", "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED);INSERT INTO t (a) VALUES (4)", "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 3) STORED)")
            { Then = [("SELECT b FROM t", "12")] },
        new("a name that must be quoted", "CREATE TABLE \"a b\" (\"select\" TEXT, \"x\"\"y\" INTEGER);INSERT INTO \"a b\" VALUES ('1', 2)", "CREATE TABLE \"a b\" (\"select\" INTEGER, \"x\"\"y\" INTEGER)")
            { Then = [("SELECT \"select\", \"x\"\"y\" FROM \"a b\"", "1|2")] },
        new("a comment in the definition", "CREATE TABLE t (a TEXT -- the first, and (only)\n)", "CREATE TABLE t (a TEXT /* b */, b TEXT -- second\n)"),
        new("text becomes numbers", P, Retyped) { Then = [("SELECT id + a FROM p ORDER BY id", "6; 8")] },
        new("text that is no number stands in the way", T, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)") { Refused = "id = " },
        new("a text with a leading zero stands in the way of numbers", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('007')", "CREATE TABLE t (a INTEGER)") { Refused = "'007'" },
        new("numbers become text", "CREATE TABLE t (a INTEGER);INSERT INTO t VALUES (5)", "CREATE TABLE t (a TEXT)") { Then = [("SELECT a || 'x' FROM t", "5x")] },
        new("a declared conversion decides", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('1.50')", "CREATE TABLE t (a INTEGER)")
            { Hints = """{"convert":[{"table":"t","column":"a","sql":"CAST(CAST(a AS REAL) * 100 AS INTEGER)"}]}""", Then = [("SELECT a FROM t", "150")], UndoLosesRows = true },
        new("duplicates stand in the way of a unique index", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('x'), ('x')", "CREATE TABLE t (a TEXT);CREATE UNIQUE INDEX i ON t (a)") { Refused = "'x'" },
        new("two NULLs are no duplicates", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES (NULL), (NULL)", "CREATE TABLE t (a TEXT UNIQUE)") { Then = [("SELECT count(*) FROM t", "2")] },
        new("a unique partial index looks at its rows only", "CREATE TABLE t (a INTEGER, b INTEGER);INSERT INTO t VALUES (1, 0), (1, 0), (2, 1)", "CREATE TABLE t (a INTEGER, b INTEGER);CREATE UNIQUE INDEX i ON t (a) WHERE b = 1"),
        new("an index on an expression", T, T1() + ";CREATE INDEX i ON t (lower(a))") { Step = "create index i" },
        new("an index changes its order", T + "CREATE INDEX i ON t (a)", T1() + ";CREATE INDEX i ON t (a DESC)") { Step = "drop index i" },
        new("orphans stand in the way of a foreign key", "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE c (p INTEGER);INSERT INTO c VALUES (9)", "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE c (p INTEGER REFERENCES p)")
            { Refused = "rows without their parent" },
        new("cascading children survive a changed parent", P + "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);INSERT INTO c VALUES (1), (2)", Retyped + "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE)")
            { Then = [("SELECT count(*) FROM c", "2")] },
        new("a table that refers to itself", "CREATE TABLE p (id INTEGER PRIMARY KEY, up INTEGER REFERENCES p ON DELETE CASCADE, a TEXT);INSERT INTO p VALUES (1, NULL, '1'), (2, 1, '2')", "CREATE TABLE p (id INTEGER PRIMARY KEY, up INTEGER REFERENCES p ON DELETE CASCADE, a INTEGER)")
            { Then = [("SELECT id, up FROM p ORDER BY id", "1|NULL; 2|1")] },
        new("a user's view on a changed table", P + "CREATE VIEW v AS SELECT id, a FROM p", Retyped) { Then = [("SELECT * FROM v ORDER BY id", "1|5; 2|6")] },
        new("a view on a view on a changed table", P + "CREATE VIEW v AS SELECT a FROM p;CREATE VIEW w AS SELECT a FROM v", Retyped) { Then = [("SELECT * FROM w ORDER BY a", "5; 6")] },
        new("a view of ours changes", P + "CREATE VIEW v AS SELECT id FROM p", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE VIEW v AS SELECT a FROM p") { Then = [("SELECT a FROM v ORDER BY a", "5; 6")] },
        new("a user's view on a view of ours that changes", P + "CREATE VIEW v AS SELECT id FROM p;CREATE VIEW mine AS SELECT id FROM v", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE VIEW v AS SELECT id, a FROM p")
            { Then = [("SELECT id FROM mine ORDER BY id", "1; 2")] },
        new("a table and a view cannot have one name", "CREATE TABLE u (a TEXT);CREATE VIEW t AS SELECT a FROM u", "CREATE TABLE t (a TEXT)") { Refused = "a view is called t" },
        new("a column gets another name", AB, "CREATE TABLE t (c TEXT, b TEXT)") { Hints = Rename(("a", "c")), Step = "rename column t.a to c", Then = [("SELECT c, b FROM t", "A|B")] },
        new("an undeclared rename is no rename", AB, "CREATE TABLE t (c TEXT, b TEXT)") { Then = [("SELECT a, c FROM t", "A|NULL")] },
        new("two columns swap their names", AB, "CREATE TABLE t (a TEXT, b TEXT)") { Hints = Rename(("a", "b"), ("b", "a")), Then = [("SELECT a, b FROM t", "B|A")] },
        new("three columns pass their names around", "CREATE TABLE t (a INTEGER, b INTEGER, c INTEGER);INSERT INTO t VALUES (1, 2, 3)", "CREATE TABLE t (a INTEGER, b INTEGER, c INTEGER)")
            { Hints = Rename(("a", "b"), ("b", "c"), ("c", "a")), Then = [("SELECT a, b, c FROM t", "3|1|2")] },
        new("a chain of renames is followed to its end", AB, "CREATE TABLE t (d TEXT, b TEXT)") { Hints = Rename(("a", "c"), ("c", "d")), Then = [("SELECT d FROM t", "A")] },
        new("two columns move up by one", AB, "CREATE TABLE t (b TEXT, c TEXT)") { Hints = Rename(("a", "b"), ("b", "c")), Then = [("SELECT b, c FROM t", "A|B")] },
        new("a hint whose source is gone is ignored", AB, "CREATE TABLE t (a TEXT, b TEXT)") { Hints = Rename(("old", "a")), Nothing = true },
        new("a table gets another name", AB + "CREATE INDEX i ON t (a)", "CREATE TABLE u (a TEXT, b TEXT);CREATE INDEX i ON u (a)") { Hints = Tables(("t", "u")), Step = "rename table t to u", Then = [("SELECT a FROM u", "A")] },
        new("two tables swap their names", "CREATE TABLE t (a INTEGER);CREATE TABLE u (a INTEGER);INSERT INTO t VALUES (1);INSERT INTO u VALUES (2)", "CREATE TABLE t (a INTEGER);CREATE TABLE u (a INTEGER)")
            { Hints = Tables(("t", "u"), ("u", "t")), Then = [("SELECT (SELECT a FROM t), (SELECT a FROM u)", "2|1")] },
        new("a renamed column changes its type", "CREATE TABLE t (a TEXT, b TEXT);INSERT INTO t VALUES ('1', 'B')", "CREATE TABLE t (c INTEGER, b TEXT)") { Hints = Rename(("a", "c")), Then = [("SELECT c + 1 FROM t", "2")] },
        new("a view and an index follow a rename", AB + "CREATE VIEW v AS SELECT a FROM t;CREATE INDEX i ON t (lower(a)) WHERE a > ''", "CREATE TABLE t (c TEXT, b TEXT)") { Hints = Rename(("a", "c")), Then = [("SELECT * FROM v", "A")] },
        new("children follow a renamed parent", "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE c (p INTEGER REFERENCES p (id));INSERT INTO p VALUES (1);INSERT INTO c VALUES (1)", "CREATE TABLE q (id INTEGER PRIMARY KEY);CREATE TABLE c (p INTEGER REFERENCES q (id))")
            { Hints = Tables(("p", "q")), Then = [("SELECT count(*) FROM c JOIN q ON q.id = c.p", "1")] },
        new("a table that takes the name of a renamed one", "CREATE TABLE t (a INTEGER PRIMARY KEY);INSERT INTO t VALUES (1)", "CREATE TABLE u (a INTEGER PRIMARY KEY);CREATE TABLE t (b INTEGER PRIMARY KEY)")
            { Hints = Tables(("t", "u")), Then = [("SELECT a FROM u", "1"), ("SELECT count(*) FROM t", "0")] },
        new("a primary key appears", "CREATE TABLE t (a TEXT NOT NULL, b TEXT);INSERT INTO t VALUES ('x', 'y')", "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY, b TEXT)"),
        new("duplicates stand in the way of a primary key", "CREATE TABLE t (a TEXT NOT NULL);INSERT INTO t VALUES ('x'), ('x')", "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY)") { Refused = "more than once" },
        new("a primary key moves to other columns", "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY, b TEXT NOT NULL);INSERT INTO t VALUES ('x', 'y')", "CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (b, a))"),
        new("a unique constraint goes", "CREATE TABLE t (a TEXT UNIQUE);INSERT INTO t VALUES ('x')", "CREATE TABLE t (a TEXT)") { Then = [("SELECT a FROM t", "x")] },
        new("a foreign key goes", P + "CREATE TABLE c (p INTEGER REFERENCES p);INSERT INTO c VALUES (1)", "CREATE TABLE c (p INTEGER)") { Then = [("SELECT p FROM c", "1")] },
        new("a foreign key acts otherwise", P + "CREATE TABLE c (p INTEGER REFERENCES p);INSERT INTO c VALUES (1)", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE TABLE c (p INTEGER REFERENCES p ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED)"),
        new("two tables that refer to each other", "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a, x TEXT);INSERT INTO a VALUES (1, '1');INSERT INTO b VALUES (1, 1, '1')", "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER);CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a ON DELETE CASCADE, x INTEGER)")
            { Then = [("SELECT count(*) FROM a", "1"), ("SELECT count(*) FROM b", "1")] },
        new("ten thousand rows", "CREATE TABLE t (a TEXT, b TEXT);WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO t SELECT CAST(i AS TEXT), 'r' || i FROM n", "CREATE TABLE t (a INTEGER, b TEXT)")
            { Then = [("SELECT count(*), sum(a) FROM t", "10000|50005000")] },
    ];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_schema_changes(HardCase it) => it.Run(make);

    private static string T1(string? more = null) => $"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT{(more is null ? "" : $", {more}")})";

    private static string Fill(string column, string sql) => $$"""{"backfill":[{"table":"t","column":"{{column}}","sql":"{{sql}}"}]}""";

    private static string Rename(params (string From, string To)[] renames) => Hint("column", "t", renames);

    private static string Tables(params (string From, string To)[] renames) => Hint("table", "", renames);

    private static string Hint(string kind, string table, (string From, string To)[] renames) =>
        $$"""{"renames":[{{string.Join(",", renames.Select(r => $$"""{"kind":"{{kind}}","table":"{{table}}","from":"{{r.From}}","to":"{{r.To}}"}"""))}}]}""";
}

public sealed class SqliteSharedCaseSpecs() : SharedCaseSpecs(() => new SqliteSandbox());

public sealed class PostgresSharedCaseSpecs() : SharedCaseSpecs(() => new PostgresSandbox());
