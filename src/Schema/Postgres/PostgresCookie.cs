namespace Orchestrator.Schema.Postgres;

/// <summary>
/// PostgreSQL has no number that every DDL statement changes, but every row of a catalog carries the transaction that wrote it. Count and sum of
/// those, catalog by catalog: what is written later has a greater number, so no change leaves both as they were. A row that is only frozen, analyzed
/// or vacuumed keeps its number. A default is told by its column, whose row is written
/// anew along with it. One query, answered from the server's memory.
/// </summary>
internal static class PostgresCookie
{
    private const string Here = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

    /// <summary>An expression that yields it.</summary>
    public static readonly string Sql = "(SELECT concat_ws(',', (SELECT current_schema() || ':' || " + Here + "), "
        + Of("pg_class x", $"x.oid >= {PostgresCatalog.First} AND x.relnamespace = {Here}") + ", "
        + Of("pg_attribute x", $"x.attrelid = ANY (ARRAY(SELECT c.oid FROM pg_class c WHERE c.oid >= {PostgresCatalog.First} AND c.relnamespace = {Here} "
            + "AND c.relkind IN ('r', 'v', 'm', 'p'))) AND x.attnum > 0") + ", "
        + Of("pg_constraint x", $"x.connamespace = {Here}") + ", "
        + Of("pg_trigger x JOIN pg_class c ON c.oid = x.tgrelid", $"c.relnamespace = {Here} AND NOT x.tgisinternal") + ", "
        + Of("pg_rewrite x JOIN pg_class c ON c.oid = x.ev_class", $"x.oid >= {PostgresCatalog.First} AND c.relnamespace = {Here}") + ", "
        + Of("pg_proc x", $"x.oid >= {PostgresCatalog.First} AND x.pronamespace = {Here}") + ", "
        + Of("pg_type x", $"x.oid >= {PostgresCatalog.First} AND x.typnamespace = {Here} AND x.typtype IN ('e', 'd')") + ", "
        + Of("pg_enum x JOIN pg_type c ON c.oid = x.enumtypid", $"c.typnamespace = {Here}") + ", "
        + Of("pg_description x JOIN pg_class c ON c.oid = x.objoid",
            $"x.objoid >= {PostgresCatalog.First} AND x.classoid = 'pg_class'::regclass AND c.relnamespace = {Here}") + "))";

    // The distance of two ages is that of two numbers, and costs no detour by text.
    private static string Of(string from, string where) =>
        $"(SELECT count(*) || '.' || coalesce(sum(age(x.xmin)), 0) - count(*) * age('3'::xid) FROM {from} WHERE {where})";
}
