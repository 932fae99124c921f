using Orchestrator.Schema.Tests.Upgrading;

namespace Orchestrator.Schema.Tests.Postgres;

/// <summary>The hard cases that only PostgreSQL knows.</summary>
public sealed class PostgresHardCaseSpecs
{
    private const string T = "CREATE TABLE t (id integer PRIMARY KEY, a text);INSERT INTO t VALUES (1, '5'), (2, '6');";
    private const string Retyped = "CREATE TABLE t (id integer PRIMARY KEY, a integer)";
    private const string Log = "CREATE TABLE log (x text);";
    private const string LogOnUpdate = Log + "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (new.a::text); RETURN new; END $$;";
    private const string Drop = """{"allow_destructive":true}""";

    public static TheoryData<HardCase> Types =>
    [
        new("integer grows to bigint without a question to the rows", "CREATE TABLE t (a integer);INSERT INTO t VALUES (2147483647)", "CREATE TABLE t (a bigint)") { Then = [("SELECT a + 1 FROM t", "2147483648")] },
        new("bigint shrinks when every value fits", "CREATE TABLE t (a bigint);INSERT INTO t VALUES (5)", "CREATE TABLE t (a integer)") { Then = [("SELECT a FROM t", "5")] },
        new("a bigint that does not fit is named", "CREATE TABLE t (id integer PRIMARY KEY, a bigint);INSERT INTO t VALUES (7, 2147483648)", "CREATE TABLE t (id integer PRIMARY KEY, a integer)") { Refused = "id = '7': '2147483648'" },
        new("a number that a fraction cannot hold is named", "CREATE TABLE t (a bigint);INSERT INTO t VALUES (9007199254740993)", "CREATE TABLE t (a double precision)") { Refused = "9007199254740993" },
        new("a text that is too long is named, not cut", "CREATE TABLE t (a text);INSERT INTO t VALUES ('abcdef')", "CREATE TABLE t (a varchar(5))") { Refused = "'abcdef'" },
        new("a longer limit is free", "CREATE TABLE t (a varchar(5));INSERT INTO t VALUES ('abcde')", "CREATE TABLE t (a varchar(50))") { Then = [("SELECT a FROM t", "abcde")] },
        new("numeric loses no digit", "CREATE TABLE t (a numeric(10,3));INSERT INTO t VALUES (1.125)", "CREATE TABLE t (a numeric(10,2))") { Refused = "1.125" },
        new("numeric loses zeros only", "CREATE TABLE t (a numeric(10,3));INSERT INTO t VALUES (1.120)", "CREATE TABLE t (a numeric(10,2))") { Then = [("SELECT a = 1.12 FROM t", "1")] },
        new("text becomes uuid", "CREATE TABLE t (a text);INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000001')", "CREATE TABLE t (a uuid)") { Then = [("SELECT count(*) FROM t", "1")] },
        new("text that is no uuid is named", "CREATE TABLE t (a text);INSERT INTO t VALUES ('nope')", "CREATE TABLE t (a uuid)") { Refused = "'nope'" },
        new("text becomes jsonb when it reads the same", "CREATE TABLE t (a text);INSERT INTO t VALUES ('{\"a\": 1}')", "CREATE TABLE t (a jsonb)") { Then = [("SELECT (a->>'a')::integer FROM t", "1")] },
        new("text that jsonb would write otherwise is named", "CREATE TABLE t (a text);INSERT INTO t VALUES ('{\"a\":1}')", "CREATE TABLE t (a jsonb)") { Refused = "{\"a\":1}" },
        new("numbers become truth", "CREATE TABLE t (a integer);INSERT INTO t VALUES (0), (1)", "CREATE TABLE t (a boolean)") { Then = [("SELECT count(*) FROM t WHERE a", "1")] },
        new("a number that is no truth is named", "CREATE TABLE t (a integer);INSERT INTO t VALUES (2)", "CREATE TABLE t (a boolean)") { Refused = "'2'" },
        new("truth becomes numbers", "CREATE TABLE t (a boolean);INSERT INTO t VALUES (true)", "CREATE TABLE t (a integer)") { Then = [("SELECT a FROM t", "1")] },
        new("text becomes bytes only as it is written", "CREATE TABLE t (a text);INSERT INTO t VALUES ('abc')", "CREATE TABLE t (a bytea)") { Refused = "'abc'" },
        new("a time loses no second", "CREATE TABLE t (a timestamp);INSERT INTO t VALUES ('2026-01-02 03:04:05')", "CREATE TABLE t (a date)") { Refused = "03:04:05" },
        new("a date becomes a time", "CREATE TABLE t (a date);INSERT INTO t VALUES ('2026-01-02')", "CREATE TABLE t (a timestamp)") { Then = [("SELECT a = '2026-01-02' FROM t", "1")] },
        new("an array becomes another", "CREATE TABLE t (a integer[]);INSERT INTO t VALUES ('{1,2}')", "CREATE TABLE t (a bigint[])") { Then = [("SELECT a[2] FROM t", "2")] },
        new("a default goes along with its type", "CREATE TABLE t (a text DEFAULT '7', b text);INSERT INTO t (b) VALUES ('x')", "CREATE TABLE t (a integer DEFAULT 7, b text)") { Then = [("SELECT a FROM t", "7")] },
        new("a conversion may read other columns", "CREATE TABLE t (a text, b integer);INSERT INTO t VALUES ('x', 4)", "CREATE TABLE t (a integer, b integer)")
            { Hints = """{"convert":[{"table":"t","column":"a","sql":"length(a) + b"}]}""", UndoLosesRows = true, Then = [("SELECT a FROM t", "5")] },
        new("another collation", "CREATE TABLE t (a text);INSERT INTO t VALUES ('x')", "CREATE TABLE t (a text COLLATE \"POSIX\")") { Then = [("SELECT a FROM t", "x")] },
        new("keys of both sides change their type together", "CREATE TABLE p (id integer PRIMARY KEY);CREATE TABLE c (p integer REFERENCES p);INSERT INTO p VALUES (1);INSERT INTO c VALUES (1)", "CREATE TABLE p (id text PRIMARY KEY);CREATE TABLE c (p text REFERENCES p)")
            { Then = [("SELECT count(*) FROM c JOIN p ON p.id = c.p", "1")] },
        new("a computed column follows the type of what it is computed from", "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED);CREATE INDEX i ON t (b);INSERT INTO t VALUES (3)", "CREATE TABLE t (a bigint, b bigint GENERATED ALWAYS AS (a * 2) STORED)")
            { Then = [("SELECT b FROM t", "6"), ("SELECT count(*) FROM pg_indexes WHERE indexname = 'i' AND schemaname = current_schema()", "1")] },
        new("a user's computed column stays when what it is computed from changes", "CREATE TABLE t (a smallint, mine bigint GENERATED ALWAYS AS (a * 2) STORED);INSERT INTO t VALUES (3)", "CREATE TABLE t (a integer)") { Then = [("SELECT mine FROM t", "6")] },
        new("a computed column becomes plain while what it was computed from changes its type", "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);INSERT INTO t (a) VALUES (7)", "CREATE TABLE t (b numeric, a double precision)") { Then = [("SELECT b FROM t", "8")] },
        new("a column becomes computed from one that changes its type", "CREATE TABLE t (b bigint, a integer);INSERT INTO t VALUES (8, 7)", "CREATE TABLE t (b bigint GENERATED ALWAYS AS (a + 1) STORED, a bigint)") { Then = [("SELECT b FROM t", "8")] },
        new("bytes do not become a computed number", "CREATE TABLE t (a bytea);INSERT INTO t VALUES ('x')", "CREATE TABLE t (a integer GENERATED ALWAYS AS (1 + 1) STORED)") { Refused = "differs from what is there" },
        new("an enumeration gets more labels, in their places", "CREATE TYPE mood AS ENUM ('sad', 'glad');CREATE TABLE t (a mood);INSERT INTO t VALUES ('glad')", "CREATE TYPE mood AS ENUM ('bad', 'sad', 'so', 'glad');CREATE TABLE t (a mood)")
            { Then = [("SELECT array_to_string(enum_range(NULL::mood), ' ')", "bad sad so glad")], UndoRefused = "is not reached" },
        new("an enumeration does not lose labels", "CREATE TYPE mood AS ENUM ('sad', 'glad');CREATE TABLE t (a mood)", "CREATE TYPE mood AS ENUM ('glad');CREATE TABLE t (a mood)") { Refused = "type mood differs" },
        new("text becomes an enumeration", "CREATE TABLE t (a text);INSERT INTO t VALUES ('glad')", "CREATE TYPE mood AS ENUM ('sad', 'glad');CREATE TABLE t (a mood)") { Then = [("SELECT a = 'glad' FROM t", "1")] },
        new("a domain", "CREATE TABLE t (a integer);INSERT INTO t VALUES (1)", "CREATE DOMAIN positive AS integer CHECK (VALUE > 0);CREATE TABLE t (a integer, b positive)"),
    ];

    public static TheoryData<HardCase> Hanging =>
    [
        new("a view on another column stays where it is", T + "CREATE VIEW v AS SELECT id FROM t", Retyped) { Then = [("SELECT id FROM v ORDER BY id", "1; 2")] },
        new("views come back with their rights and comments", T + "CREATE VIEW v AS SELECT a FROM t;GRANT SELECT ON v TO PUBLIC;COMMENT ON VIEW v IS 'it''s mine'", Retyped)
            { Then = [("SELECT obj_description('v'::regclass)", "it's mine"), ("SELECT count(*) FROM information_schema.role_table_grants WHERE table_name = 'v' AND grantee = 'PUBLIC' AND table_schema = current_schema()", "1")] },
        new("a view comes back with its options", T + "CREATE VIEW v WITH (security_barrier = true) AS SELECT a FROM t", Retyped) { Then = [("SELECT reloptions::text FROM pg_class WHERE oid = 'v'::regclass", "{security_barrier=true}")] },
        new("a view with an INSTEAD OF trigger", T + "CREATE VIEW v AS SELECT id, a FROM t;CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;CREATE TRIGGER g INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()", Retyped)
            { Then = [("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'v'::regclass", "1")] },
        new("what hangs on a computed column comes back when making it plain is taken back", "CREATE TABLE t (c numeric, a integer GENERATED ALWAYS AS (1 + 1) STORED, UNIQUE (c, a));CREATE INDEX mine ON t (a);CREATE VIEW v AS SELECT a FROM t;INSERT INTO t (c) VALUES (7)", "CREATE TABLE t (a double precision)")
            { Then = [("SELECT count(*) FROM pg_indexes WHERE tablename = 't' AND schemaname = current_schema()", "2"), ("SELECT a FROM v", "2")] },
        new("a computed column changes its type under an index, a key and a view", "CREATE TABLE t (c integer, a integer, b integer GENERATED ALWAYS AS (a + 1) STORED, UNIQUE (c, b));CREATE INDEX mine ON t (b);CREATE VIEW v AS SELECT b FROM t;INSERT INTO t (a) VALUES (7)", "CREATE TABLE t (a integer, b bigint GENERATED ALWAYS AS (a + 1) STORED)")
            { Then = [("SELECT count(*) FROM pg_indexes WHERE tablename = 't' AND schemaname = current_schema()", "2"), ("SELECT b FROM v", "8")] },
        new("a materialized view with its index", T + "CREATE MATERIALIZED VIEW m AS SELECT a FROM t;CREATE UNIQUE INDEX mi ON m (a)", Retyped) { Then = [("SELECT a FROM m ORDER BY a", "5; 6"), ("SELECT count(*) FROM pg_indexes WHERE indexname = 'mi' AND schemaname = current_schema()", "1")] },
        new("views upon views upon views", T + "CREATE VIEW w AS SELECT a FROM t;CREATE VIEW v AS SELECT a FROM w;CREATE VIEW u AS SELECT v.a, w.a AS b FROM v, w WHERE v.a = w.a", Retyped) { Then = [("SELECT * FROM u ORDER BY a", "5|5; 6|6")] },
        new("a view that would no longer work stands in the way", T + "CREATE VIEW v AS SELECT a || 'x' AS y, lower(a) AS z FROM t", Retyped) { Refused = "create view v" },
        new("a view of ours disappears when it is no longer wanted, a user's does not", "CREATE TABLE t (a text);CREATE VIEW mine AS SELECT a FROM t", "CREATE TABLE t (a text, b text)") { Then = [("SELECT count(*) FROM mine", "0")] },
        new("a trigger on a changed column", T + LogOnUpdate + "CREATE TRIGGER g AFTER UPDATE OF a ON t FOR EACH ROW WHEN (old.a IS DISTINCT FROM new.a) EXECUTE FUNCTION noted()", Retyped + ";CREATE TABLE log (x text)")
            { Then = [("SELECT count(*) FROM log", "0"), ("SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'g' AND tgrelid = 't'::regclass", "O")] },
        new("a trigger does not fire when NULLs are filled, and a silent one stays silent", "CREATE TABLE t (id integer PRIMARY KEY, a text);INSERT INTO t VALUES (1, NULL);" + LogOnUpdate
            + "CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noted();CREATE TRIGGER off AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noted();CREATE TRIGGER always AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noted();"
            + "ALTER TABLE t DISABLE TRIGGER off;ALTER TABLE t ENABLE ALWAYS TRIGGER always", "CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL)")
        {
            Hints = """{"backfill":[{"table":"t","column":"a","sql":"'f'"}]}""", UndoLosesRows = true,
            Then = [("SELECT a, (SELECT count(*) FROM log) FROM t", "f|0"), ("SELECT string_agg(tgname::text || tgenabled::text, ' ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = 't'::regclass", "alwaysA gO offD")],
        },
        new("a trigger whose function speaks of a renamed column stands in the way", T + LogOnUpdate + "CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noted()", "CREATE TABLE t (id integer PRIMARY KEY, b text)")
            { Hints = """{"renames":[{"kind":"column","table":"t","from":"a","to":"b"}]}""", Refused = "noted() speaks of new.a" },
        new("a trigger whose function is renewed along with the column", T + LogOnUpdate + "CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noted()",
            "CREATE TABLE log (x text);CREATE TABLE t (id integer PRIMARY KEY, b text);CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (new.b::text); RETURN new; END $$")
            { Hints = """{"renames":[{"kind":"column","table":"t","from":"a","to":"b"}]}""", Step = "replace function noted()" },
        new("a function in SQL that would no longer work stands in the way", T + "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(a) FROM t'", "CREATE TABLE t (id integer PRIMARY KEY, b text)")
            { Hints = """{"renames":[{"kind":"column","table":"t","from":"a","to":"b"}]}""", Refused = "f() would no longer work" },
        new("a function that was broken before does not stop it", T + "SET check_function_bodies = off;CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM nowhere'", Retyped),
        new("a wanted function and its trigger", "CREATE TABLE t (a text)", "CREATE TABLE t (a text);CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"),
        new("a rule of the user on a changed table", T + Log + "CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO log VALUES ('gone')", "CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL);CREATE TABLE log (x text)") { Then = [("SELECT count(*) FROM pg_rules WHERE rulename = 'r' AND schemaname = current_schema()", "1")] },
        new("a rule on a changed column stands in the way", T + Log + "CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO log VALUES (new.a)", Retyped + ";CREATE TABLE log (x text)") { Refused = "rule" },
        new("a policy on a changed column stands in the way", T + "CREATE POLICY p ON t USING (a = 'x')", Retyped) { Refused = "policy" },
        new("row security of the user stays", T + "ALTER TABLE t ENABLE ROW LEVEL SECURITY", Retyped) { Then = [("SELECT relrowsecurity FROM pg_class WHERE oid = 't'::regclass", "1")] },
        new("rights on a changed table stay", T + "GRANT SELECT ON t TO PUBLIC", Retyped) { Then = [("SELECT count(*) FROM information_schema.role_table_grants WHERE table_name = 't' AND grantee = 'PUBLIC' AND table_schema = current_schema()", "1")] },
        new("a full-text index on a column beside", T + "CREATE INDEX fts ON t USING gin (to_tsvector('english', a))", "CREATE TABLE t (id bigint PRIMARY KEY, a text)") { Then = [("SELECT count(*) FROM t WHERE to_tsvector('english', a) @@ to_tsquery('english', '5')", "1")] },
        new("a computed full-text column", T, "CREATE TABLE t (id integer PRIMARY KEY, a text, words tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(a, ''))) STORED);CREATE INDEX fts ON t USING gin (words)")
            { Then = [("SELECT count(*) FROM t WHERE words @@ to_tsquery('english', '6')", "1")] },
        new("a partitioned table of the user stays", T + "CREATE TABLE parts (a integer) PARTITION BY RANGE (a);CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (9);INSERT INTO parts VALUES (1)", Retyped) { Then = [("SELECT a FROM parts", "1")] },
        new("a parent goes when it is named and its children do not", "CREATE TABLE p (id integer PRIMARY KEY);CREATE TABLE c (p integer REFERENCES p ON DELETE CASCADE);INSERT INTO p VALUES (1);INSERT INTO c VALUES (1)", "CREATE TABLE c (p integer)")
            { Hints = """{"drop_tables":["p"]}""", UndoRefused = "undo of no longer constrain c", Then = [("SELECT p FROM c", "1")] },
        new("a parent does not go while a child needs it", "CREATE TABLE p (id integer PRIMARY KEY);CREATE TABLE c (p integer REFERENCES p)", "CREATE TABLE q (a text)") { Hints = """{"drop_tables":["p"]}""", Refused = "drop table p" },
        new("a foreign key from the user's table follows its parent's key", T + "CREATE TABLE mine (t integer REFERENCES t (id));INSERT INTO mine VALUES (1)", "CREATE TABLE t (id bigint PRIMARY KEY, a text)") { Then = [("SELECT count(*) FROM mine JOIN t ON t.id = mine.t", "1")] },
        new("a key that was never validated is validated", T + "CREATE TABLE c (t integer);INSERT INTO c VALUES (1);ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (t) REFERENCES t NOT VALID", "CREATE TABLE t (id integer PRIMARY KEY, a text);CREATE TABLE c (t integer, CONSTRAINT k FOREIGN KEY (t) REFERENCES t)")
            { Then = [("SELECT convalidated FROM pg_constraint WHERE conname = 'k' AND connamespace = current_schema()::regnamespace", "1")] },
        new("an exclusion", "CREATE TABLE t (a int4range);INSERT INTO t VALUES ('[1,2)'), ('[2,3)')", "CREATE TABLE t (a int4range, EXCLUDE USING gist (a WITH &&))"),
        new("ranges that overlap stand in the way of an exclusion", "CREATE TABLE t (a int4range);INSERT INTO t VALUES ('[1,3)'), ('[2,3)')", "CREATE TABLE t (a int4range, EXCLUDE USING gist (a WITH &&))") { Refused = "conflicts with key" },
        new("a unique constraint on a column that changes its type", "CREATE TABLE t (a text UNIQUE);INSERT INTO t VALUES ('1')", "CREATE TABLE t (a integer UNIQUE)") { Then = [("SELECT a FROM t", "1")] },
        new("an index with its class of operators, order and NULLs", T, "CREATE TABLE t (id integer PRIMARY KEY, a text);CREATE INDEX i ON t (a text_pattern_ops DESC NULLS LAST) INCLUDE (id) WHERE id > 0") { Step = "create index i" },
        new("a unique index on an expression names duplicates", "CREATE TABLE t (a text);INSERT INTO t VALUES ('x'), ('X')", "CREATE TABLE t (a text);CREATE UNIQUE INDEX i ON t (lower(a) DESC)") { Refused = "'x'" },
    ];

    public static TheoryData<HardCase> Numbers =>
    [
        new("a number column appears and numbers the rows", "CREATE TABLE t (a text);INSERT INTO t VALUES ('x'), ('y')", "CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a text)") { Then = [("SELECT count(DISTINCT id) FROM t", "2")] },
        new("serial is no difference from itself", "CREATE TABLE t (id bigserial PRIMARY KEY, a text)", "CREATE TABLE t (id bigserial PRIMARY KEY, a text)") { Nothing = true },
        new("serial becomes identity and gives no number twice", "CREATE TABLE t (id serial PRIMARY KEY, a text);INSERT INTO t (a) VALUES ('x'), ('y');DELETE FROM t WHERE id = 2", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text)")
            { Then = [("SELECT pg_sequence_last_value(pg_get_serial_sequence('t', 'id')::regclass)", "2")] },
        new("identity becomes serial and gives no number twice", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text);INSERT INTO t (a) VALUES ('x'), ('y');DELETE FROM t WHERE id = 2", "CREATE TABLE t (id serial PRIMARY KEY, a text)")
            { Then = [("SELECT pg_sequence_last_value(pg_get_serial_sequence('t', 'id')::regclass)", "2")] },
        new("a plain number is numbered after the greatest", "CREATE TABLE t (id integer PRIMARY KEY, a text);INSERT INTO t VALUES (40, 'x')", "CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a text)") { Then = [("SELECT nextval(pg_get_serial_sequence('t', 'id'))", "41")] },
        new("numbers by nobody from now on", "CREATE TABLE t (id serial PRIMARY KEY, a text);INSERT INTO t (a) VALUES ('x')", "CREATE TABLE t (id integer PRIMARY KEY, a text)") { Then = [("SELECT id FROM t", "1")] },
        new("ALWAYS becomes BY DEFAULT", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY)", "CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)") { Step = "change column t.id" },
        new("a numbered column grows", "CREATE TABLE t (id serial PRIMARY KEY, a text);INSERT INTO t (a) VALUES ('x')", "CREATE TABLE t (id bigserial PRIMARY KEY, a text)") { Then = [("SELECT id FROM t", "1")] },
        new("a sequence of its own", T, "CREATE SEQUENCE numbers START 100;CREATE TABLE t (id integer PRIMARY KEY, a text, n bigint DEFAULT nextval('numbers'))") { Then = [("SELECT count(*) FROM t WHERE n >= 100", "2")] },
        new("comments appear, change, and a user's stay", T + "COMMENT ON COLUMN t.id IS 'mine';COMMENT ON TABLE t IS 'old'", "CREATE TABLE t (id integer PRIMARY KEY, a text);COMMENT ON TABLE t IS 'it''s new';COMMENT ON COLUMN t.a IS 'a'")
            { Then = [("SELECT obj_description('t'::regclass), col_description('t'::regclass, 1), col_description('t'::regclass, 2)", "it's new|mine|a")] },
        new("a new table with comments", "", "CREATE TABLE t (a text);COMMENT ON TABLE t IS 'x';COMMENT ON COLUMN t.a IS 'y'") { Then = [("SELECT obj_description('t'::regclass), col_description('t'::regclass, 1)", "x|y")] },
        new("names that differ in case only are two", "CREATE TABLE \"T\" (\"A\" text);INSERT INTO \"T\" VALUES ('x')", "CREATE TABLE t (a text)") { Step = "create table t", Then = [("SELECT \"A\" FROM \"T\"", "x")] },
        new("a wanted schema may say in which order what is made", "", "CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x + 1';CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (f(a)) STORED, CHECK (f(a) > 0));CREATE INDEX i ON t (f(a))"),
        new("a wanted table with a partition is refused", "", "CREATE TABLE t (a integer) PARTITION BY RANGE (a)") { Refused = "partitioned" },
        new("wanted rights are refused rather than forgotten", "", "CREATE TABLE t (a integer);GRANT SELECT ON t TO PUBLIC") { Refused = "rights on t" },
    ];

    [SkippableTheory]
    [MemberData(nameof(Types))]
    public void Values_survive_or_stand_in_the_way(HardCase it) => it.Run(() => new PostgresSandbox());

    [SkippableTheory]
    [MemberData(nameof(Hanging))]
    public void What_hangs_on_a_table_stays(HardCase it) => it.Run(() => new PostgresSandbox());

    [SkippableTheory]
    [MemberData(nameof(Numbers))]
    public void A_number_comment_or_function_changes(HardCase it) => it.Run(() => new PostgresSandbox());
}
