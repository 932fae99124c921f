namespace Orchestrator.Schema.Postgres;

/// <summary>
/// Writes down an index of plain columns as the server would. To print one, the server looks through its operator classes for each column: of all that a
/// comparison asks it, that took the longest.
/// </summary>
internal static class PostgresIndexes
{
    private const short Descending = 1;   // INDOPTION_DESC of pg_index.indoption
    private const short NullsFirst = 2;   // INDOPTION_NULLS_FIRST
    private const string BTree = "403";   // BTREE_AM_OID
    private const uint Text = 25;
    private const uint Varchar = 1043;

    /// <summary>The B-tree operator classes that some type of the server's own has by default, with that type.</summary>
    public const string Usual =
        $"SELECT o.oid, o.opcintype FROM pg_opclass o WHERE o.opcdefault AND o.opcmethod = {BTree} AND o.oid < {PostgresCatalog.First}";

    /// <summary>
    /// Of an index <c>i</c>, called <c>n</c>, of <c>t</c>: whether it may be written down here. What has an expression, an option, an operator class or a
    /// method of its own is left to the server.
    /// </summary>
    public const string IsPlain = "t.relkind = 'r' AND NOT i.indisunique AND i.indexprs IS NULL AND i.indnatts = i.indnkeyatts AND n.reloptions IS NULL "
        + $"AND n.relam = {BTree} AND i.indclass::oid[] <@ ARRAY(SELECT o.oid FROM ({Usual}) o)";

    /// <summary>The plain ones of which a column's operator class or collation is not that of its type: these, too, only the server prints.</summary>
    public static uint[] Unusual(PostgresCatalog catalog)
    {
        var usual = catalog.OperatorClasses.ToDictionary(r => (uint)r[0]!, r => (uint)r[1]!);
        var columns = catalog.Columns.ToDictionary(r => ((uint)r[0]!, (short)r[1]!), r => (Type: (uint)r[8]!, Collation: (uint)r[9]!));
        return [.. catalog.Indexes.Where(row => row[3] is null && !IsUsual(row)).Select(row => (uint)row[9]!)];

        bool IsUsual(object?[] row)
        {
            var (table, keys, classes, collations) = ((uint)row[0]!, (short[])row[5]!, (uint[])row[7]!, (uint[])row[8]!);
            for (var k = 0; k < keys.Length; k++)
            {
                // Of a table that is not read, such as a partition, nothing is made.
                if (columns.TryGetValue((table, keys[k]), out var column) && (column.Collation != collations[k]
                    || (usual[classes[k]] != column.Type && (usual[classes[k]], column.Type) != (Text, Varchar))))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The statement that makes it.</summary>
    /// <param name="row">A plain index.</param>
    /// <param name="table">What its table is called.</param>
    /// <param name="columns">What the columns are called.</param>
    public static string Statement(object?[] row, string table, IReadOnlyDictionary<short, string> columns)
    {
        var parts = ((short[])row[5]!).Zip((short[])row[6]!, (key, option) => PostgresNames.Quote(columns[key]) + Order(option));
        return $"CREATE INDEX {PostgresNames.Quote((string)row[1]!)} ON {PostgresNames.Quote(table)} USING btree ({string.Join(", ", parts)})"
            + (row[4] is string where ? $" WHERE {where}" : "");
    }

    private static string Order(short option) => option switch
    {
        Descending | NullsFirst => " DESC",
        Descending => " DESC NULLS LAST",
        NullsFirst => " NULLS FIRST",
        _ => "",
    };
}
