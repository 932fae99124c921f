namespace Orchestrator.Schema.Tests.Upgrading;

public sealed partial class HardCaseSpecs
{
    public static TheoryData<HardCase> Keys =>
    [
        new("numbers that were given are not given again after a rebuild", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);INSERT INTO t VALUES (90, '1');DELETE FROM t;INSERT INTO t VALUES (5, '1')", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER)")
            { Then = [("SELECT name, seq FROM sqlite_sequence", "t|90")] },
        new("nor when the table was empty", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);INSERT INTO t VALUES (90, '1');DELETE FROM t", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER)")
            { Then = [("SELECT seq FROM sqlite_sequence WHERE name = 't'", "90")] },
        new("numbers are never given twice from now on", "CREATE TABLE t (id INTEGER PRIMARY KEY);INSERT INTO t VALUES (3)", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)") { Then = [("SELECT seq FROM sqlite_sequence WHERE name = 't'", "3")] },
        new("numbers may be given twice from now on", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);INSERT INTO t VALUES (3)", "CREATE TABLE t (id INTEGER PRIMARY KEY)") { Then = [("SELECT id FROM t", "3")], UndoLosesRows = true },
        new("rows keep their number where no column holds it", "CREATE TABLE t (a TEXT);INSERT INTO t (rowid, a) VALUES (10, '1'), (20, '2')", "CREATE TABLE t (a INTEGER)") { Then = [("SELECT rowid, a FROM t", "10|1; 20|2")] },
        new("a column called rowid hides the number and not the other names of it", "CREATE TABLE t (rowid TEXT, a TEXT);INSERT INTO t (_rowid_, rowid, a) VALUES (10, 'r', '1')", "CREATE TABLE t (rowid TEXT, a INTEGER)") { Then = [("SELECT _rowid_, rowid FROM t", "10|r")] },
        new("columns that hide every name of the number", "CREATE TABLE t (rowid TEXT, oid TEXT, _rowid_ TEXT);INSERT INTO t VALUES ('1', '2', '3')", "CREATE TABLE t (rowid TEXT, oid TEXT, _rowid_ INTEGER)") { Then = [("SELECT * FROM t", "1|2|3")] },
        new("a primary key appears", "CREATE TABLE t (a TEXT, b TEXT);INSERT INTO t VALUES ('x', 'y')", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT)"),
        new("duplicates stand in the way of a primary key", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES ('x'), ('x')", "CREATE TABLE t (a TEXT PRIMARY KEY)") { Refused = "more than once" },
        new("a number column appears and takes the numbers of the rows", "CREATE TABLE t (a TEXT);INSERT INTO t (rowid, a) VALUES (4, 'x'), (8, 'y')", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)")
            { Then = [("SELECT id, a FROM t", "4|x; 8|y")] },
        new("a number column becomes the number of the row", "CREATE TABLE t (id INT PRIMARY KEY, a TEXT);INSERT INTO t VALUES (50, 'x')", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)") { Then = [("SELECT rowid FROM t", "50")] },
        new("a descending number is not the number of the row", "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, a TEXT);INSERT INTO t VALUES (50, 'x')", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)") { Step = "rebuild", Then = [("SELECT rowid FROM t", "50")] },
        new("a primary key moves to other columns", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT);INSERT INTO t VALUES ('x', 'y')", "CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (b, a))"),
        new("a primary key leaves a column that stays", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);INSERT INTO t VALUES (7, 'x')", "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY)") { Then = [("SELECT id, a FROM t", "7|x")] },
        new("a table without row numbers", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT);INSERT INTO t VALUES ('x', 'y')", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT) WITHOUT ROWID") { Then = [("SELECT a, b FROM t", "x|y")] },
        new("a key that is NULL stands in the way of a table without row numbers", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT);INSERT INTO t VALUES (NULL, 'y')", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT) WITHOUT ROWID") { Refused = "NULL" },
        new("a table gets row numbers", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT) WITHOUT ROWID;INSERT INTO t VALUES ('x', 'y')", "CREATE TABLE t (a TEXT PRIMARY KEY NOT NULL, b TEXT)") { Then = [("SELECT a FROM t", "x")] },
        new("a rebuilt table without row numbers", "CREATE TABLE t (a TEXT, b TEXT, c TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;INSERT INTO t VALUES ('x', 'y', '1')", "CREATE TABLE t (a TEXT, b TEXT, c INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID") { Then = [("SELECT * FROM t", "x|y|1")] },
        new("a unique constraint goes", "CREATE TABLE t (a TEXT UNIQUE);INSERT INTO t VALUES ('x')", "CREATE TABLE t (a TEXT)") { Then = [("SELECT count(*) FROM pragma_index_list('t')", "0")] },
        new("a unique constraint that replaces", "CREATE TABLE t (a TEXT UNIQUE);INSERT INTO t VALUES ('x')", "CREATE TABLE t (a TEXT UNIQUE ON CONFLICT REPLACE)") { Then = [("SELECT a FROM t", "x")] },
        new("a constraint that replaces does not swallow duplicates", "CREATE TABLE t (a TEXT, b);INSERT INTO t VALUES ('x', 1), ('x', 2)", "CREATE TABLE t (a TEXT UNIQUE ON CONFLICT REPLACE, b)") { Refused = "more than once" },
        new("a NOT NULL that ignores does not swallow rows", "CREATE TABLE t (a TEXT);INSERT INTO t VALUES (NULL), ('x')", "CREATE TABLE t (a TEXT NOT NULL ON CONFLICT IGNORE)") { Refused = "row 1" },
        new("a foreign key appears", P + "CREATE TABLE c (p INTEGER);INSERT INTO c VALUES (1)", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE TABLE c (p INTEGER REFERENCES p ON DELETE CASCADE)") { Then = [("SELECT on_delete FROM pragma_foreign_key_list('c')", "CASCADE")] },
        new("a foreign key goes", P + "CREATE TABLE c (p INTEGER REFERENCES p);INSERT INTO c VALUES (1)", "CREATE TABLE c (p INTEGER)") { Then = [("SELECT count(*) FROM pragma_foreign_key_list('c')", "0")] },
        new("a foreign key acts otherwise", P + "CREATE TABLE c (p INTEGER REFERENCES p);INSERT INTO c VALUES (1)", "CREATE TABLE c (p INTEGER REFERENCES p ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED)") { Then = [("SELECT on_update FROM pragma_foreign_key_list('c')", "CASCADE")] },
        new("a foreign key of two columns", "CREATE TABLE p (a, b, PRIMARY KEY (a, b));CREATE TABLE c (x, y);INSERT INTO p VALUES (1, 2);INSERT INTO c VALUES (1, 2)", "CREATE TABLE p (a, b, PRIMARY KEY (a, b));CREATE TABLE c (x, y, FOREIGN KEY (x, y) REFERENCES p)"),
        new("a foreign key that names no column follows the primary key of its parent", "CREATE TABLE p (a INTEGER PRIMARY KEY, b INTEGER NOT NULL);CREATE TABLE c (p INTEGER REFERENCES p);INSERT INTO p VALUES (1, 2), (2, 1);INSERT INTO c VALUES (1)", "CREATE TABLE p (a INTEGER, b INTEGER NOT NULL PRIMARY KEY);CREATE TABLE c (p INTEGER REFERENCES p)")
            { Then = [("SELECT p.a FROM c JOIN p ON p.b = c.p", "2")] },
        new("a foreign key does not follow to where its row has no parent", "CREATE TABLE p (a INTEGER PRIMARY KEY, b INTEGER NOT NULL);CREATE TABLE c (p INTEGER REFERENCES p);INSERT INTO p VALUES (1, 2);INSERT INTO c VALUES (1)", "CREATE TABLE p (a INTEGER, b INTEGER NOT NULL PRIMARY KEY);CREATE TABLE c (p INTEGER REFERENCES p)") { Refused = "c row 1 of p" },
        new("two tables that refer to each other", "CREATE TABLE a (id INTEGER PRIMARY KEY, b REFERENCES b, x TEXT);CREATE TABLE b (id INTEGER PRIMARY KEY, a REFERENCES a, x TEXT);INSERT INTO a VALUES (1, 1, '1');INSERT INTO b VALUES (1, 1, '1')", "CREATE TABLE a (id INTEGER PRIMARY KEY, b REFERENCES b ON DELETE CASCADE, x INTEGER);CREATE TABLE b (id INTEGER PRIMARY KEY, a REFERENCES a ON DELETE CASCADE, x INTEGER)")
            { Then = [("SELECT count(*) FROM a", "1"), ("SELECT count(*) FROM b", "1")] },
    ];
}
