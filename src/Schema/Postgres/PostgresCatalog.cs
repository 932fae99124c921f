using Npgsql;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// What the catalogs say of one schema of the database, read in one round trip. The server prints every expression itself, so spelling cannot differ.
/// </summary>
internal sealed class PostgresCatalog
{
    private const string Here = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

    /// <summary>Only what the system made itself has numbers below it: most of the catalogs need not be looked through. FirstNormalObjectId.</summary>
    public const string First = "16384";

    // Partitions and children of other tables follow their parents; what an extension made is the extension's.
    private const string Ours = $"c.oid >= {First} AND c.relnamespace = {Here} AND NOT c.relispartition AND NOT EXISTS (SELECT 1 FROM pg_depend x "
        + "WHERE x.refclassid = 'pg_extension'::regclass AND x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')";

    // Asked by their numbers, each catalog is read by its index.
    private const string OurTables = $"ANY (ARRAY(SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND {Ours}))";

    private static readonly string[] Queries =
    [
        $"SELECT c.oid, c.relname::text, c.relpersistence = 'u' FROM pg_class c WHERE c.relkind = 'r' AND {Ours} ORDER BY c.oid",
        $"""
        SELECT a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text, a.attgenerated::text,
            CASE WHEN a.attcollation <> 0 AND NOT (a.attcollation = 'default'::regcollation AND a.atttypid IN ('text'::regtype, 'varchar'::regtype))
                THEN (SELECT quote_ident(n.collname) FROM pg_collation n JOIN pg_type t ON t.oid = a.atttypid
                    WHERE n.oid = a.attcollation AND a.attcollation <> t.typcollation) END,
            a.atttypid, a.attcollation
        FROM pg_attribute a WHERE a.attrelid = {OurTables} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
        """,
        $"SELECT d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = {OurTables}",
        $"""
        SELECT k.conrelid, k.conname::text, k.contype::text, pg_get_constraintdef(k.oid), k.conkey, k.confrelid, k.confkey
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.contype IN ('p', 'u', 'c', 'f', 'x') AND c.relkind = 'r' AND c.oid >= {First} AND c.relnamespace = {Here} ORDER BY k.oid
        """,
        $"""
        SELECT i.indrelid, n.relname::text, i.indisunique, CASE WHEN {PostgresIndexes.IsPlain} THEN NULL ELSE pg_get_indexdef(i.indexrelid) END,
            pg_get_expr(i.indpred, i.indrelid), i.indkey::int2[], i.indoption::int2[], i.indclass::oid[], i.indcollation::oid[], i.indexrelid, i.indisvalid
        FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
        WHERE t.oid >= {First} AND t.relnamespace = {Here} AND t.relkind IN ('r', 'm')
            AND i.indexrelid NOT IN (SELECT k.conindid FROM pg_constraint k WHERE k.connamespace = {Here} AND k.contype IN ('p', 'u', 'x'))
        ORDER BY i.indexrelid
        """,
        $"""
        SELECT c.oid, c.relname::text, c.relkind = 'm', pg_get_viewdef(c.oid), array_to_string(c.reloptions, ', '), obj_description(c.oid,
            'pg_class'),
            (SELECT array_agg(format('GRANT %s ON %s TO %s%s', x.privilege_type, quote_ident(c.relname), CASE WHEN x.grantee = 0
                THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
                CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)) FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner),
            CASE WHEN c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user) THEN c.relowner::regrole::text END
        FROM pg_class c WHERE c.relkind IN ('v', 'm') AND {Ours} ORDER BY c.oid
        """,
        $"""
        SELECT DISTINCT v.oid, r.relname::text, coalesce(a.attname::text, '')
        FROM pg_class v JOIN pg_rewrite w ON w.ev_class = v.oid
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
        JOIN pg_class r ON r.oid = d.refobjid AND r.relnamespace = {Here}
        LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
        WHERE v.relkind IN ('v', 'm') AND v.oid >= {First} AND v.relnamespace = {Here}
        """,
        $"""
        SELECT g.tgname::text, c.relname::text, pg_get_triggerdef(g.oid, true), g.tgtype, g.tgenabled::text,
            p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
        FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_proc p ON p.oid = g.tgfoid
        WHERE NOT g.tgisinternal AND c.relnamespace = {Here} ORDER BY g.oid
        """,
        $"""
        SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
            pg_get_functiondef(p.oid),
            quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', l.lanname::text, p.prosrc
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.oid >= {First} AND p.pronamespace = {Here} AND p.prokind IN ('f', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend x
            WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype = 'e')
        ORDER BY p.oid
        """,
        $"""
        SELECT c.relname::text, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        WHERE {Ours} AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a',
            'i') AND d.refobjsubid > 0) ORDER BY c.oid
        """,
        $"""
        SELECT t.typname::text, t.typtype::text, (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e
            WHERE e.enumtypid = t.oid),
            format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, (SELECT string_agg(pg_get_constraintdef(k.oid),
                ' ' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c')
        FROM pg_type t WHERE t.oid >= {First} AND t.typnamespace = {Here} AND t.typtype IN ('e', 'd')
            AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e') ORDER BY t.oid
        """,
        $"""
        SELECT d.refobjid, d.refobjsubid::int2, s.relname::text, quote_literal(s.oid::regclass::text)
        FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
            AND d.objid = ANY (ARRAY(SELECT c.oid FROM pg_class c WHERE c.relkind = 'S' AND c.oid >= {First} AND c.relnamespace = {Here}))
        """,
        $"""
        SELECT d.objoid, d.objsubid::int2, d.description FROM pg_description d
        WHERE d.classoid = 'pg_class'::regclass AND d.objoid = {OurTables}
        """,
        PostgresIndexes.Usual,
        "SELECT quote_ident(current_schema())",
    ];

    private readonly IReadOnlyList<List<object?[]>> _results;

    private PostgresCatalog(IReadOnlyList<List<object?[]>> results)
    {
        _results = results;
        (Tables, Columns, Defaults, Constraints, Indexes) = (results[0], results[1], results[2], results[3], results[4]);
        (Views, ViewUses, Triggers, Functions, Sequences) = (results[5], results[6], results[7], results[8], results[9]);
        (Types, OwnedSequences, Comments, OperatorClasses, Schema) = (results[10], results[11], results[12], results[13], (string)results[14][0][0]!);
    }

    /// <summary>The name of the schema, quoted where it must be.</summary>
    public string Schema { get; }

    public List<object?[]> Tables { get; }

    public List<object?[]> Columns { get; }

    public List<object?[]> Defaults { get; }

    public List<object?[]> Constraints { get; }

    public List<object?[]> Indexes { get; }

    public List<object?[]> Views { get; }

    public List<object?[]> ViewUses { get; }

    public List<object?[]> Triggers { get; }

    public List<object?[]> Functions { get; }

    public List<object?[]> Sequences { get; }

    public List<object?[]> Types { get; }

    public List<object?[]> OwnedSequences { get; }

    public List<object?[]> Comments { get; }

    public List<object?[]> OperatorClasses { get; }

    /// <summary>Reads it.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="isRepeated">Whether the server shall keep what it makes of the queries: a quarter of what they cost.</param>
    public static PostgresCatalog Read(NpgsqlConnection connection, bool isRepeated)
    {
        using var batch = new NpgsqlBatch(connection);
        foreach (var query in Queries)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
        }

        if (isRepeated)
        {
            batch.Prepare();   // no way to the server when it was before
        }

        var results = new List<List<object?[]>>();
        using (var reader = batch.ExecuteReader())
        {
            do
            {
                results.Add(reader.Rest());
            }
            while (reader.NextResult());
        }

        return new PostgresCatalog(results).Completed(connection);
    }

    /// <summary>Whether both say the same.</summary>
    public bool IsSame(PostgresCatalog other) => _results.Zip(other._results).All(p => p.First.IsSame(p.Second));

    // With the indexes that only the server can print.
    private PostgresCatalog Completed(NpgsqlConnection connection)
    {
        if (PostgresIndexes.Unusual(this) is { Length: > 0 } unusual)
        {
            var printed = connection.Rows($"SELECT i, pg_get_indexdef(i) FROM unnest(ARRAY[{string.Join(", ", unusual)}]::oid[]) i")
                .ToDictionary(r => (uint)r[0]!, r => r[1]);
            foreach (var row in Indexes)
            {
                row[3] ??= printed.GetValueOrDefault((uint)row[9]!);
            }
        }

        return this;
    }
}
