namespace Orchestrator.Schema.Tests.Upgrading;

public sealed partial class HardCaseSpecs
{
    private const string AB = "CREATE TABLE t (a TEXT, b TEXT);INSERT INTO t VALUES ('A', 'B')";

    private static string Column(params (string From, string To)[] renames) => Hint("column", "t", renames);

    private static string Hint(string kind, string table, params (string From, string To)[] renames) =>
        $$"""{"renames":[{{string.Join(",", renames.Select(r => $$"""{"kind":"{{kind}}","table":"{{table}}","from":"{{r.From}}","to":"{{r.To}}"}"""))}}]}""";

    public static TheoryData<HardCase> Renames =>
    [
        new("a column gets another name", AB, "CREATE TABLE t (c TEXT, b TEXT)") { Hints = Column(("a", "c")), Step = "rename column t.a to c", Then = [("SELECT c, b FROM t", "A|B")] },
        new("an undeclared rename is no rename", AB, "CREATE TABLE t (c TEXT, b TEXT)") { Then = [("SELECT a, c FROM t", "A|NULL")] },
        new("two columns swap their names", AB, "CREATE TABLE t (a TEXT, b TEXT)") { Hints = Column(("a", "b"), ("b", "a")), Then = [("SELECT a, b FROM t", "B|A")] },
        new("three columns pass their names around", "CREATE TABLE t (a, b, c);INSERT INTO t VALUES (1, 2, 3)", "CREATE TABLE t (a, b, c)")
            { Hints = Column(("a", "b"), ("b", "c"), ("c", "a")), Then = [("SELECT a, b, c FROM t", "3|1|2")] },
        new("a chain of renames is followed to its end", AB, "CREATE TABLE t (d TEXT, b TEXT)") { Hints = Column(("a", "c"), ("c", "d")), Then = [("SELECT d FROM t", "A")] },
        new("two columns move up by one", AB, "CREATE TABLE t (b TEXT, c TEXT)") { Hints = Column(("a", "b"), ("b", "c")), Then = [("SELECT b, c FROM t", "A|B")] },
        new("a hint whose source is gone is ignored", AB, "CREATE TABLE t (a TEXT, b TEXT)") { Hints = Column(("old", "a")), Nothing = true },
        new("a column gives its name to a new one", AB, "CREATE TABLE t (a INTEGER, c TEXT, b TEXT)") { Hints = Column(("a", "c")), Then = [("SELECT a, c FROM t", "NULL|A")] },
        new("only the case of a column changes", AB, "CREATE TABLE t (A TEXT, b TEXT)") { Hints = Column(("a", "A")), Then = [("SELECT name FROM pragma_table_info('t')", "A; b")] },
        new("only the case of a table changes", AB, "CREATE TABLE T (a TEXT, b TEXT)") { Hints = Hint("table", "", ("t", "T")), Then = [("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 't'", "T")] },
        new("a table gets another name", AB + ";CREATE INDEX i ON t (a)", "CREATE TABLE u (a TEXT, b TEXT);CREATE INDEX i ON u (a)") { Hints = Hint("table", "", ("t", "u")), Step = "rename table t to u", Then = [("SELECT a FROM u", "A")] },
        new("two tables swap their names", "CREATE TABLE t (a);CREATE TABLE u (a);INSERT INTO t VALUES (1);INSERT INTO u VALUES (2)", "CREATE TABLE t (a);CREATE TABLE u (a)")
            { Hints = Hint("table", "", ("t", "u"), ("u", "t")), Then = [("SELECT (SELECT a FROM t), (SELECT a FROM u)", "2|1")] },
        new("a table and its column get other names", AB, "CREATE TABLE u (c TEXT, b TEXT)")
        {
            Hints = """{"renames":[{"kind":"table","from":"t","to":"u"},{"kind":"column","table":"u","from":"a","to":"c"}]}""", Then = [("SELECT c FROM u", "A")],
        },
        new("a rename takes the type along", AB, "CREATE TABLE t (c INTEGER, b TEXT)") { Hints = Column(("a", "c")), Refused = "'A'" },
        new("a renamed column changes its type", "CREATE TABLE t (a TEXT, b TEXT);INSERT INTO t VALUES ('1', 'B')", "CREATE TABLE t (c INTEGER, b TEXT)") { Hints = Column(("a", "c")), Then = [("SELECT c, typeof(c) FROM t", "1|integer")] },
        new("views, triggers and indexes follow a rename", AB + ";CREATE VIEW v AS SELECT a FROM t;CREATE TABLE log (x);CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN INSERT INTO log VALUES (new.a); END;CREATE INDEX i ON t (lower(a)) WHERE a > ''", "CREATE TABLE t (c TEXT, b TEXT)")
            { Hints = Column(("a", "c")), Then = [("SELECT * FROM v", "A"), ("SELECT count(*) FROM sqlite_schema WHERE name = 'i' AND sql LIKE '%c%'", "1")] },
        new("children follow a renamed parent", "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE c (p REFERENCES p (id));INSERT INTO p VALUES (1);INSERT INTO c VALUES (1)", "CREATE TABLE q (id INTEGER PRIMARY KEY);CREATE TABLE c (p REFERENCES q (id))")
            { Hints = Hint("table", "", ("p", "q")), Then = [("SELECT \"table\" FROM pragma_foreign_key_list('c')", "q")] },
        new("a broken view of the user does not stop a rename", AB + ";CREATE VIEW broken AS SELECT * FROM nowhere", "CREATE TABLE t (c TEXT, b TEXT)")
            { Hints = Column(("a", "c")), Then = [("SELECT sql FROM sqlite_schema WHERE name = 'broken'", "CREATE VIEW broken AS SELECT * FROM nowhere")] },
        new("a broken trigger of the user does not stop a rename of its table", AB + ";CREATE TRIGGER broken AFTER INSERT ON t BEGIN INSERT INTO nowhere VALUES (1); END", "CREATE TABLE u (a TEXT, b TEXT)")
            { Hints = Hint("table", "", ("t", "u")), Then = [("SELECT tbl_name FROM sqlite_schema WHERE name = 'broken'", "u")] },
        new("a table of numbers that are never given twice keeps them under its new name", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);INSERT INTO t VALUES (50);DELETE FROM t", "CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT)")
            { Hints = Hint("table", "", ("t", "u")), Then = [("SELECT name, seq FROM sqlite_sequence", "u|50")] },
    ];
}
