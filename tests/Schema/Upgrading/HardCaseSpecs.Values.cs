namespace Orchestrator.Schema.Tests.Upgrading;

public sealed partial class HardCaseSpecs
{
    public static TheoryData<HardCase> Values =>
    [
        new("whole numbers in text become numbers", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('12'), ('-3'), (NULL)", "CREATE TABLE t (a INTEGER)")
            { Then = [("SELECT a, typeof(a) FROM t", "12|integer; -3|integer; NULL|null")] },
        new("leading zeros would be lost", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('007')", "CREATE TABLE t (a INTEGER)") { Refused = "'007'" },
        new("a text that is no number stands in the way", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('1'), ('abc')", "CREATE TABLE t (a INTEGER)") { Refused = "row 2: 'abc'" },
        new("a number beyond 64 bits stands in the way", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('9223372036854775808')", "CREATE TABLE t (a INTEGER)") { Refused = "9223372036854775808" },
        new("an empty text is not zero", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('')", "CREATE TABLE t (a INTEGER)") { Refused = "''" },
        new("a blank around a number would be lost", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES (' 1')", "CREATE TABLE t (a INTEGER)") { Refused = "' 1'" },
        new("1.0 in text is not 1", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('1.0')", "CREATE TABLE t (a NUMERIC)") { Refused = "'1.0'" },
        new("a date in text may stand in a numeric column", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('2026-01-01')", "CREATE TABLE t (a DATETIME)")
            { Then = [("SELECT a, typeof(a) FROM t", "2026-01-01|text")] },
        new("a fraction stands in the way of whole numbers", "CREATE TABLE t (a REAL);INSERT INTO t VALUES (1.0), (1.5)", "CREATE TABLE t (a INTEGER)") { Refused = "1.5" },
        new("whole fractions become whole numbers", "CREATE TABLE t (a REAL);INSERT INTO t VALUES (1.0)", "CREATE TABLE t (a INTEGER)") { Then = [("SELECT typeof(a) FROM t", "integer")] },
        new("a number that a fraction cannot hold stands in the way", "CREATE TABLE t (a INTEGER);INSERT INTO t VALUES (9007199254740993)", "CREATE TABLE t (a REAL)")
            { Refused = "9007199254740993" },
        new("the greatest number stands in the way of fractions", "CREATE TABLE t (a INTEGER);INSERT INTO t VALUES (9223372036854775807)", "CREATE TABLE t (a REAL)") { Refused = "9223372036854775807" },
        new("numbers become text", "CREATE TABLE t (a INTEGER);INSERT INTO t VALUES (5)", "CREATE TABLE t (a TEXT)") { Then = [("SELECT a, typeof(a) FROM t", "5|text")] },
        new("fractions become text and come back", "CREATE TABLE t (a REAL);INSERT INTO t VALUES (0.5)", "CREATE TABLE t (a TEXT)") { Then = [("SELECT a FROM t", "0.5")] },
        new("bytes stand in the way of text", "CREATE TABLE t (a BLOB);INSERT INTO t VALUES (x'FF00')", "CREATE TABLE t (a TEXT)") { Refused = "X'FF00'" },
        new("a declared conversion decides", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('1.50')", "CREATE TABLE t (a INTEGER)")
        {
            Hints = """{"convert":[{"table":"t","column":"a","sql":"CAST(a * 100 AS INTEGER)"}]}""", Then = [("SELECT a FROM t", "150")], UndoLosesRows = true,
        },
        new("dirty values stay as they are when their column does not change", "CREATE TABLE t (a INTEGER, b TEXT);INSERT INTO t VALUES ('dirty', '1'), (x'00', '2')", "CREATE TABLE t (a INTEGER, b INTEGER)")
            { Then = [("SELECT a, typeof(a) FROM t", "dirty|text; 00|blob")] },
        new("STRICT takes clean rows", "CREATE TABLE t (a INTEGER, b TEXT);INSERT INTO t VALUES (1, 'x')", "CREATE TABLE t (a INTEGER, b TEXT) STRICT") { Then = [("SELECT a, b FROM t", "1|x")] },
        new("STRICT names dirty rows", "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER);INSERT INTO t VALUES (7, 'dirty')", "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER) STRICT") { Refused = "id = 7: 'dirty'" },
        new("no longer STRICT", "CREATE TABLE t (a INT) STRICT;INSERT INTO t VALUES (1)", "CREATE TABLE t (a INT)") { Then = [("SELECT a FROM t", "1")] },
        new("ANY in a STRICT table keeps what is there", "CREATE TABLE t (a);INSERT INTO t VALUES ('1'), (2), (x'03')", "CREATE TABLE t (a ANY) STRICT")
            { Then = [("SELECT typeof(a) FROM t", "text; integer; blob")] },
        new("text becomes bytes in a STRICT table", "CREATE TABLE t (a TEXT) STRICT;INSERT INTO t VALUES ('é')", "CREATE TABLE t (a BLOB) STRICT") { Then = [("SELECT hex(a) FROM t", "C3A9")], UndoLosesRows = true },
        new("text and bytes with zeros inside are copied whole", "CREATE TABLE t (a TEXT, b BLOB, c TEXT);INSERT INTO t VALUES (char(97, 0, 98), x'610062', '1')", "CREATE TABLE t (a TEXT, b BLOB, c INTEGER)")
            { Then = [("SELECT hex(a), hex(b) FROM t", "610062|610062")] },
        new("infinity and the least number are copied", "CREATE TABLE t (a REAL, b INTEGER, c TEXT);INSERT INTO t VALUES (9e999, -9223372036854775808, '1')", "CREATE TABLE t (a REAL, b INTEGER, c INTEGER)")
            { Then = [("SELECT a > 1e308, b FROM t", "1|-9223372036854775808")] },
        new("duplicates stand in the way of a unique index", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('x'), ('x')", "CREATE TABLE t (a TEXT);CREATE UNIQUE INDEX i ON t (a)") { Refused = "'x'" },
        new("two NULLs are no duplicates", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES (NULL), (NULL)", "CREATE TABLE t (a TEXT UNIQUE)") { Then = [("SELECT count(*) FROM t", "2")] },
        new("duplicates but for case stand in the way of NOCASE", "CREATE TABLE t (a TEXT UNIQUE);INSERT INTO t VALUES ('x'), ('X')", "CREATE TABLE t (a TEXT COLLATE NOCASE UNIQUE)") { Refused = "more than once" },
        new("a unique partial index looks at its rows only", "CREATE TABLE t (a, b);INSERT INTO t VALUES (1, 0), (1, 0), (2, 1)", "CREATE TABLE t (a, b);CREATE UNIQUE INDEX i ON t (a) WHERE b = 1"),
        new("orphans stand in the way of a foreign key", "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE c (p INTEGER);INSERT INTO c VALUES (9)", "CREATE TABLE p (id INTEGER PRIMARY KEY);CREATE TABLE c (p INTEGER REFERENCES p)")
            { Refused = "rows without their parent: c row 1 of p" },
        new("a million would do as well: ten thousand rows", "CREATE TABLE t (a TEXT, b TEXT);WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO t SELECT i, 'r' || i FROM n", "CREATE TABLE t (a INTEGER, b TEXT)")
            { Then = [("SELECT count(*), sum(a) FROM t", "10000|50005000")] },
    ];
}
