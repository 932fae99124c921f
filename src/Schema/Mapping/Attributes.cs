namespace Orchestrator.Schema.Mapping;

/// <summary>What is to happen to a child when its parent goes or gets another key.</summary>
public enum ReferentialAction
{
    /// <summary>The parent cannot go.</summary>
    NoAction,

    /// <summary>The parent cannot go, not even for a moment within a transaction.</summary>
    Restrict,

    /// <summary>The child goes along.</summary>
    Cascade,

    /// <summary>The child's columns become NULL.</summary>
    SetNull,

    /// <summary>The child's columns get their default.</summary>
    SetDefault,
}

/// <summary>An index: of the property it stands on, or, on a class, of several parts.</summary>
/// <param name="parts">Names of properties, each perhaps with " DESC" after it, or SQL expressions. None on a property.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class IndexAttribute(params string[] parts) : Attribute
{
    /// <summary>The parts.</summary>
    public IReadOnlyList<string> Parts => parts;

    /// <summary>Its name; null for one made of the names of table and columns.</summary>
    public string? Name { get; set; }

    /// <summary>Whether it forbids duplicates.</summary>
    public bool Unique { get; set; }

    /// <summary>Of which rows it is, as SQL; null for all.</summary>
    public string? Where { get; set; }
}

/// <summary>A UNIQUE constraint: of the property it stands on, or, on a class, of several.</summary>
/// <param name="properties">Names of properties. None on a property.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class UniqueAttribute(params string[] properties) : Attribute
{
    /// <summary>The properties.</summary>
    public IReadOnlyList<string> Properties => properties;
}

/// <summary>A CHECK.</summary>
/// <param name="expression">What must hold, as SQL over the columns.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class CheckAttribute(string expression) : Attribute
{
    /// <summary>What must hold.</summary>
    public string Expression => expression;

    /// <summary>Its name, or null.</summary>
    public string? Name { get; set; }
}

/// <summary>The default of a column.</summary>
/// <param name="sql">It as SQL.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(string sql) : Attribute
{
    /// <summary>It as SQL.</summary>
    public string Sql => sql;
}

/// <summary>A column that the database computes and keeps.</summary>
/// <param name="sql">From what, as SQL over the columns.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ComputedAttribute(string sql) : Attribute
{
    /// <summary>From what.</summary>
    public string Sql => sql;
}

/// <summary>How the texts of a column are compared.</summary>
/// <param name="name">A collation that the database knows.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CollationAttribute(string name) : Attribute
{
    /// <summary>The collation.</summary>
    public string Name => name;
}

/// <summary>A foreign key: from the property it stands on, or, on a class, from several.</summary>
/// <param name="parent">The parent's class; its primary key is meant.</param>
/// <param name="properties">Names of properties, in the order of the parent's key. None on a property.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class ReferencesAttribute(Type parent, params string[] properties) : Attribute
{
    /// <summary>The parent.</summary>
    public Type Parent => parent;

    /// <summary>The properties.</summary>
    public IReadOnlyList<string> Properties => properties;

    /// <summary>What happens when the parent goes.</summary>
    public ReferentialAction OnDelete { get; set; }

    /// <summary>What happens when the parent gets another key.</summary>
    public ReferentialAction OnUpdate { get; set; }

    /// <summary>Whether it is asked only at the end of a transaction.</summary>
    public bool Deferred { get; set; }
}

/// <summary>What a table or column was called before. It may stay for ever: what was done once is remembered.</summary>
/// <param name="name">The old name in the database.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class RenamedFromAttribute(string name) : Attribute
{
    /// <summary>The old name.</summary>
    public string Name => name;
}

/// <summary>What fills a new or newly NOT NULL column.</summary>
/// <param name="sql">An expression over the old row.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BackfillAttribute(string sql) : Attribute
{
    /// <summary>The expression.</summary>
    public string Sql => sql;
}

/// <summary>What becomes of a column's values when its type changes.</summary>
/// <param name="sql">An expression over the old row.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConvertAttribute(string sql) : Attribute
{
    /// <summary>The expression.</summary>
    public string Sql => sql;
}

/// <summary>
/// A table whose rows can be made again from something else. Where a change would have to convert them, it is made anew and empty instead; who owns
/// it fills it again.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DerivedAttribute : Attribute;
