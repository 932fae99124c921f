using CsCheck;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>Schemas and rows by chance. Two schemas share names, so that one is a change of the other.</summary>
public abstract class RandomSchema
{
    private static readonly string[] Types = ["INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", ""];
    protected static readonly string[] Values = ["1", "'x'", "NULL", "2.5", "x'0A'", "'7'", "''", "-3", "'é'"];

    public sealed record Part(string Name, string Type, int Flavour);

    public sealed record TablePart(string Name, int Key, bool Strict, bool WithoutRowId, Part[] Columns, int Extra);

    private static readonly Gen<Part> Column =
        Gen.Select(Gen.Int[0, 5], Gen.OneOfConst(Types), Gen.Int[0, 11]).Select((n, type, flavour) => new Part($"c{n}", type, flavour));

    private static readonly Gen<TablePart> Table = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 9], Column.Array[1, 5], Gen.Int[0, 9])
        .Select((n, key, kind, columns, extra) =>
            new TablePart($"t{n}", key, kind == 0, kind is 1 or 2 && key > 0, [.. columns.DistinctBy(c => c.Name)], extra));

    /// <summary>DDL of one schema.</summary>
    public static readonly Gen<TablePart[]> Schema = Table.Array[1, 3].Select(ts => ts.DistinctBy(t => t.Name).ToArray());

    /// <summary>Rows: for each, which values.</summary>
    public static readonly Gen<int[][]> Rows = Gen.Int[0, 8].Array[6].Array[0, 6];

    public string Ddl(TablePart[] tables) => string.Join(";", tables.SelectMany(Statements));

    public abstract IEnumerable<string> Inserts(TablePart[] tables, int[][] rows);

    protected abstract IEnumerable<string> Statements(TablePart table);
}
