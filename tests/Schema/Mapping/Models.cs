using System.ComponentModel;
using LinqToDB;
using LinqToDB.Mapping;
using Orchestrator.Schema.Mapping;

namespace Orchestrator.Schema.Tests.Mapping;

public enum Mood
{
    Glad = 3,
    Sad = 7,
}

/// <summary>A program's classes as they were.</summary>
internal static class First
{
    [Table("owners")]
    public sealed class Owner
    {
        [Column("id"), PrimaryKey, Identity] public int Id { get; set; }

        [Column("name"), NotNull] public string Name { get; set; } = "";

        [Column("age"), Nullable] public string? Age { get; set; }

        [Column("nick"), Nullable] public string? Nick { get; set; }
    }

    [Table("things")]
    public sealed class Thing
    {
        [Column("id"), PrimaryKey] public Guid Id { get; set; }

        [Column("owner")] public int Owner { get; set; }
    }

    [Table("sums")]
    public sealed class Sum
    {
        [Column("id"), PrimaryKey] public int Id { get; set; }

        [Column("total")] public string Total { get; set; } = "";
    }
}

/// <summary>The same after a year.</summary>
internal static class Second
{
    [Table("people"), RenamedFrom("owners"), Description("Who owns things")]
    [Index(nameof(FullName), nameof(Age) + " DESC", Name = "by_name"), Index("lower(full_name)", Name = "by_lower", Where = "age > 0")]
    [Check("age < 200", Name = "mortal")]
    public sealed class Person
    {
        [Column("id"), PrimaryKey, Identity] public int Id { get; set; }

        [Column("full_name"), NotNull, RenamedFrom("name"), Description("All of it")] public string FullName { get; set; } = "";

        [Column("age"), Nullable, Orchestrator.Schema.Mapping.Convert("CAST(age AS INTEGER) * 1")] public int? Age { get; set; }

        [Column("nick"), NotNull, Backfill("'the ' || id")] public string Nick { get; set; } = "";

        [Column("state"), NotNull, Default("7")] public Mood State { get; set; }

        [Column("twice", SkipOnInsert = true, SkipOnUpdate = true), Nullable, Computed("id * 2")] public int? Twice { get; set; }
    }

    [Table("things"), Unique(nameof(Owner), nameof(Label))]
    public sealed class Thing
    {
        [Column("id"), PrimaryKey] public Guid Id { get; set; }

        [Column("owner"), References(typeof(Person), OnDelete = ReferentialAction.Cascade), Index] public int Owner { get; set; }

        [Column("label"), Nullable, Unique] public string? Label { get; set; }
    }

    [Table("sums"), Derived]
    public sealed class Sum
    {
        [Column("id"), PrimaryKey] public int Id { get; set; }

        [Column("total")] public long Total { get; set; }
    }
}

/// <summary>One of each type.</summary>
[Table("everything")]
internal sealed class Everything
{
    [Column("id"), PrimaryKey] public int Id { get; set; }

    [Column] public bool Bool { get; set; }

    [Column] public byte Byte { get; set; }

    [Column] public short Short { get; set; }

    [Column] public long Long { get; set; }

    [Column] public double Double { get; set; }

    [Column] public float Float { get; set; }

    [Column] public decimal Decimal { get; set; }

    [Column] public string Text { get; set; } = "";

    [Column(Length = 5), Nullable] public string? Short5 { get; set; }

    [Column] public Guid Guid { get; set; }

    [Column] public byte[] Bytes { get; set; } = [];

    [Column] public DateTime DateTime { get; set; }

    [Column] public DateTimeOffset Offset { get; set; }

    [Column] public DateOnly Date { get; set; }

    [Column] public Mood Mood { get; set; }

    [Column] public int? Maybe { get; set; }

    [Column(DataType = DataType.BinaryJson), Nullable] public string? Json { get; set; }
}

[Table("odd")]
internal sealed class Odd
{
    [Column] public Uri? Where { get; set; }
}
