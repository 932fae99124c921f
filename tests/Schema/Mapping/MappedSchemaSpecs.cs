using LinqToDB;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Mapping;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Tests.Postgres;
using Orchestrator.Schema.Tests.Upgrading;

namespace Orchestrator.Schema.Tests.Mapping;

/// <summary>Classes that linq2db maps, as the wanted schema; read and written by linq2db itself.</summary>
public abstract class MappedSchemaSpecs(Sandbox sandbox, DatabaseKind kind) : IDisposable
{
    private static readonly MappingSchema Mappings = new();

    public void Dispose()
    {
        sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void Classes_that_changed_bring_the_database_and_its_rows_along()
    {
        Assert.IsType<Upgraded>(To(typeof(First.Owner), typeof(First.Thing), typeof(First.Sum)).Apply());
        using (var db = Open())
        {
            db.Insert(new First.Owner { Name = "Ada", Age = "36" });
            db.Insert(new First.Owner { Name = "Bob", Nick = "B" });
            db.Insert(new First.Thing { Id = Guid.Parse("00000000-0000-0000-0000-0000000000ff"), Owner = 2 });
            db.Insert(new First.Sum { Id = 1, Total = "many" });
        }

        var second = To(typeof(Second.Person), typeof(Second.Thing), typeof(Second.Sum));
        var done = second.Apply();

        Assert.True(done is Upgraded, done.ToString());
        Assert.Equal(new UpToDate(true), second.Check());
        using (var db = Open())
        {
            Assert.Equal(
                [(1, "Ada", 36, "the 1", Mood.Sad, 2), (2, "Bob", null, "B", Mood.Sad, 4)],
                db.GetTable<Second.Person>().OrderBy(p => p.Id).AsEnumerable().Select(p => (p.Id, p.FullName, p.Age, p.Nick, p.State, p.Twice ?? 0)));
            Assert.Equal(2, db.GetTable<Second.Thing>().Single().Owner);
            Assert.Empty(db.GetTable<Second.Sum>());   // derived: made anew rather than refused
            db.GetTable<Second.Person>().Delete(p => p.Id == 2);
            Assert.Equal(kind == DatabaseKind.Postgres ? 0 : 1, db.GetTable<Second.Thing>().Count());   // this connection does not enforce keys on SQLite
        }

        var schema = sandbox.Schema();
        Assert.Equal(["by_lower", "by_name", "things_owner_idx"], schema.Indexes.Select(i => i.Name).Order(StringComparer.Ordinal));
        Assert.Equal(2, schema.Table("things")!.Uniques.Count());
        Assert.Contains("CASCADE", Assert.Single(schema.Table("things")!.ForeignKeys).Definition, StringComparison.Ordinal);
        Assert.Equal("mortal", Assert.Single(schema.Table("people")!.Checks).Name);
        Assert.Equal(kind == DatabaseKind.Postgres ? "Who owns things" : null, schema.Table("people")!.Comment);
        Assert.Equal(kind == DatabaseKind.Postgres ? "All of it" : null, schema.Table("people")!.Column("full_name", schema.Names)!.Comment);
    }

    [SkippableFact]
    public void Every_type_comes_back_as_it_was()
    {
        Assert.IsType<Upgraded>(To(typeof(Everything)).Apply());
        var row = new Everything
        {
            Id = 1,
            Bool = true,
            Byte = 255,
            Short = -5,
            Long = long.MaxValue,
            Double = 0.1,
            Float = 0.5f,
            Decimal = 12345678901234567.8901m,
            Text = "é\n'x'",
            Short5 = "abcde",
            Guid = Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"),
            Bytes = [0, 1, 255],
            DateTime = new DateTime(2026, 1, 2, 3, 4, 5, 678),
            Offset = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Date = new DateOnly(2026, 1, 2),
            Mood = Mood.Glad,
            Json = "{\"a\": 1}",
        };
        using var db = Open();

        db.Insert(row);
        var back = db.GetTable<Everything>().Single();

        Assert.Equivalent(row, back, strict: true);
        Assert.IsType<UpToDate>(To(typeof(Everything)).Check());
    }

    [SkippableFact]
    public void A_type_that_no_column_holds_is_refused_with_its_property() =>
        Assert.Contains("Odd.Where is a Uri", Assert.Throws<SchemaException>(() => To(typeof(Odd))).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void A_property_that_is_not_mapped_cannot_be_spoken_of()
    {
        var mappings = new MappingSchema();
        Assert.Contains("no mapped property Nope", Assert.Throws<SchemaException>(() => WantedSchema.From(kind, mappings, [typeof(Wrong)])).Message, StringComparison.Ordinal);
    }

    protected abstract DataOptions Options(DataOptions options);

    private DataConnection Open() => new(Options(new DataOptions()).UseMappingSchema(Mappings));

    private DatabaseUpgrade To(params Type[] entities) =>
        DatabaseUpgrade.For(sandbox.Address, WantedSchema.From(kind, Mappings, entities), sandbox.Options(null));

    [Table("wrong"), Unique("Nope")]
    private sealed class Wrong
    {
        [Column] public int Id { get; set; }
    }
}

public sealed class SqliteMappedSchemaSpecs : MappedSchemaSpecs
{
    private readonly SqliteSandbox _own;

    public SqliteMappedSchemaSpecs()
        : this(new SqliteSandbox())
    {
    }

    private SqliteMappedSchemaSpecs(SqliteSandbox sandbox)
        : base(sandbox, DatabaseKind.Sqlite) => _own = sandbox;

    protected override DataOptions Options(DataOptions options) =>
        options.UseSQLite($"Data Source={_own.Database};Pooling=False;Foreign Keys=False", LinqToDB.DataProvider.SQLite.SQLiteProvider.Microsoft);
}

public sealed class PostgresMappedSchemaSpecs : MappedSchemaSpecs
{
    private readonly PostgresSandbox _own;

    public PostgresMappedSchemaSpecs()
        : this(new PostgresSandbox())
    {
    }

    private PostgresMappedSchemaSpecs(PostgresSandbox sandbox)
        : base(sandbox, DatabaseKind.Postgres) => _own = sandbox;

    protected override DataOptions Options(DataOptions options) => options.UsePostgreSQL(_own.Address, LinqToDB.DataProvider.PostgreSQL.PostgreSQLVersion.v15);
}
