namespace Orchestrator.Schema.Tests.Upgrading;

public sealed partial class HardCaseSpecs
{
    private const string P = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);INSERT INTO p VALUES (1, '5'), (2, '6');";

    // A change that no ALTER TABLE of SQLite can do.
    private const string Rebuilt = "CREATE TABLE p (id INTEGER PRIMARY KEY, a INTEGER);";

    public static TheoryData<HardCase> Hanging =>
    [
        new("cascading children survive a rebuilt parent", P + "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);INSERT INTO c VALUES (1), (2)", Rebuilt + "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE)")
            { Step = "rebuild", Then = [("SELECT count(*) FROM c", "2"), ("SELECT \"table\" FROM pragma_foreign_key_list('c')", "p")] },
        new("children that are set to NULL survive a rebuilt parent", P + "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE SET NULL);INSERT INTO c VALUES (1)", Rebuilt) { Then = [("SELECT p FROM c", "1")] },
        new("a table that refers to itself", "CREATE TABLE p (id INTEGER PRIMARY KEY, up REFERENCES p ON DELETE CASCADE, a TEXT);INSERT INTO p VALUES (1, NULL, '1'), (2, 1, '2')", "CREATE TABLE p (id INTEGER PRIMARY KEY, up REFERENCES p ON DELETE CASCADE, a INTEGER)")
            { Then = [("SELECT id, up FROM p", "1|NULL; 2|1"), ("SELECT \"table\" FROM pragma_foreign_key_list('p')", "p")] },
        new("parents and children rebuilt together", P + "CREATE TABLE c (p TEXT REFERENCES p (id));INSERT INTO c VALUES (1)", Rebuilt + "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE)") { Then = [("SELECT p, typeof(p) FROM c", "1|integer")] },
        new("orphans that were there before do not stop it", P + "CREATE TABLE c (p INTEGER REFERENCES p (id));INSERT INTO c VALUES (99)", Rebuilt) { Then = [("SELECT p FROM c", "99")] },
        new("a user's view on a rebuilt table", P + "CREATE VIEW v AS SELECT id, a FROM p", Rebuilt) { Then = [("SELECT * FROM v", "1|5; 2|6")] },
        new("a view on a view on a rebuilt table", P + "CREATE VIEW v AS SELECT a FROM p;CREATE VIEW w AS SELECT a FROM v", Rebuilt) { Then = [("SELECT * FROM w", "5; 6")] },
        new("a user's view that was broken before does not stop it", P + "CREATE VIEW broken AS SELECT absent FROM p", Rebuilt) { Then = [("SELECT count(*) FROM sqlite_schema WHERE name = 'broken'", "1")] },
        new("a user's trigger on a rebuilt table", P + "CREATE TABLE log (x);CREATE TRIGGER g AFTER INSERT ON p BEGIN INSERT INTO log VALUES (new.id); END", Rebuilt)
            { Then = [("SELECT count(*) FROM log", "0"), ("SELECT tbl_name FROM sqlite_schema WHERE name = 'g'", "p")] },
        new("a trigger on another table that writes the rebuilt one", P + "CREATE TABLE o (x);CREATE TRIGGER g AFTER INSERT ON o BEGIN UPDATE p SET a = new.x; END", Rebuilt) { Then = [("SELECT tbl_name FROM sqlite_schema WHERE name = 'g'", "o")] },
        new("an INSTEAD OF trigger on a view of a rebuilt table", P + "CREATE VIEW v AS SELECT id, a FROM p;CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO p VALUES (new.id, new.a); END", Rebuilt) { Then = [("SELECT count(*) FROM sqlite_schema WHERE name = 'g'", "1")] },
        new("a delete trigger does not fire when its table is rebuilt", P + "CREATE TABLE log (x);CREATE TRIGGER g AFTER DELETE ON p BEGIN INSERT INTO log VALUES (old.id); END", Rebuilt) { Then = [("SELECT count(*) FROM log", "0")] },
        new("an update trigger does not fire when NULLs are filled", "CREATE TABLE p (a);CREATE TABLE log (x);CREATE TRIGGER g AFTER UPDATE ON p BEGIN INSERT INTO log VALUES (1); END;INSERT INTO p VALUES (NULL)", "CREATE TABLE p (a NOT NULL)")
            { Hints = """{"backfill":[{"table":"p","column":"a","sql":"'f'"}]}""", UndoLosesRows = true, Then = [("SELECT a, (SELECT count(*) FROM log) FROM p", "f|0")] },
        new("a user's indexes on a rebuilt table", P + "CREATE INDEX mine ON p (a DESC, id);CREATE UNIQUE INDEX mine2 ON p (lower(a)) WHERE a IS NOT NULL", Rebuilt)
            { Then = [("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name", "mine; mine2")] },
        new("a full-text table of the user", P + "CREATE VIRTUAL TABLE f USING fts5(a);INSERT INTO f VALUES ('hello world')", Rebuilt) { Then = [("SELECT count(*) FROM f WHERE f MATCH 'hello'", "1")] },
        new("a full-text table over the rows of a rebuilt one", "CREATE TABLE p (a TEXT, b TEXT);INSERT INTO p (rowid, a, b) VALUES (7, 'hello', '1'), (9, 'there', '2');CREATE VIRTUAL TABLE f USING fts5(a, content = 'p');INSERT INTO f (f) VALUES ('rebuild')", "CREATE TABLE p (a TEXT, b INTEGER)")
            { Then = [("SELECT rowid, a FROM f WHERE f MATCH 'there'", "9|there")] },
        new("a wanted full-text table with the triggers that feed it", P, Rebuilt + "CREATE VIRTUAL TABLE f USING fts5(a);CREATE TRIGGER feed AFTER INSERT ON p BEGIN INSERT INTO f VALUES (new.a); END") { UndoLosesRows = true },
        new("a full-text table is wanted and there", "CREATE VIRTUAL TABLE f USING fts5(a, b)", "create virtual table [f] using FTS5(a,b)") { Nothing = true },
        new("another full-text table cannot be made of it", "CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE VIRTUAL TABLE f USING fts5(a, b)") { Refused = "cannot be changed" },
        new("a wanted index appears", P, "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE INDEX i ON p (a)") { Step = "create index i" },
        new("an index changes", P + "CREATE INDEX i ON p (a)", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE INDEX i ON p (a COLLATE NOCASE DESC)") { Step = "drop index i" },
        new("an index changes on a rebuilt table", P + "CREATE INDEX i ON p (a)", Rebuilt + "CREATE INDEX i ON p (a DESC)"),
        new("the name of an index is taken on another table", P + "CREATE TABLE o (x);CREATE INDEX i ON o (x)", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE INDEX i ON p (a)") { Refused = "is there already, on o" },
        new("a view changes with the trigger on it", P + "CREATE VIEW v AS SELECT id FROM p;CREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN DELETE FROM p WHERE id = old.id; END", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE VIEW v AS SELECT id, a FROM p")
            { Then = [("SELECT a FROM v", "5; 6"), ("SELECT tbl_name FROM sqlite_schema WHERE name = 'g'", "v")] },
        new("a view that does not work is refused", P, "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE VIEW v AS SELECT absent FROM p") { Refused = "v would no longer work" },
        new("a trigger changes", P + "CREATE TRIGGER g AFTER INSERT ON p BEGIN SELECT 1; END", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);CREATE TRIGGER g AFTER INSERT ON p BEGIN SELECT 2; END"),
        new("a view is called as a wanted table", "CREATE VIEW t AS SELECT 1 AS a", "CREATE TABLE t (a)") { Refused = "a view is called t" },
        new("a table is called as a wanted view", "CREATE TABLE t (a)", "CREATE TABLE u (b);CREATE VIEW t AS SELECT b FROM u") { Refused = "a table is called t" },
        new("a table of the user is called as a copy would be", P + "CREATE TABLE new_p (x);INSERT INTO new_p VALUES (1)", Rebuilt) { Then = [("SELECT x FROM new_p", "1")] },
        new("a user's column with its index and check on a rebuilt table", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, mine TEXT DEFAULT 'm' CHECK (mine <> ''), UNIQUE (mine, id));CREATE INDEX i ON p (mine);INSERT INTO p VALUES (1, '5', 'z')", Rebuilt)
            { Then = [("SELECT a, mine FROM p", "5|z"), ("SELECT count(*) FROM pragma_index_list('p')", "2")] },
        new("a user's generated column on a rebuilt table", "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, mine AS (id * 2) STORED);INSERT INTO p (id, a) VALUES (1, '5')", Rebuilt) { Then = [("SELECT mine FROM p", "2")] },
        new("statistics do not matter", P + "CREATE INDEX i ON p (a);ANALYZE", Rebuilt) { Then = [("SELECT count(*) FROM p", "2")] },
    ];
}
