using System.Globalization;
using LinqToDB;
using LinqToDB.Mapping;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Mapping;

/// <summary>
/// Which column holds a .NET type, so that linq2db writes and reads every value of it unchanged. SQLite keeps a decimal and every time as text: as
/// numbers they would lose digits.
/// </summary>
internal static class ColumnTypeMap
{
    private static readonly Dictionary<Type, (string Sqlite, string Postgres)> Types = new()
    {
        [typeof(bool)] = ("INTEGER", "boolean"),
        [typeof(sbyte)] = ("INTEGER", "smallint"),
        [typeof(byte)] = ("INTEGER", "smallint"),
        [typeof(short)] = ("INTEGER", "smallint"),
        [typeof(ushort)] = ("INTEGER", "integer"),
        [typeof(int)] = ("INTEGER", "integer"),
        [typeof(uint)] = ("INTEGER", "bigint"),
        [typeof(long)] = ("INTEGER", "bigint"),
        [typeof(float)] = ("REAL", "real"),
        [typeof(double)] = ("REAL", "double precision"),
        [typeof(decimal)] = ("TEXT", "numeric"),
        [typeof(string)] = ("TEXT", "text"),
        [typeof(char)] = ("TEXT", "character(1)"),
        [typeof(Guid)] = ("BLOB", "uuid"),
        [typeof(byte[])] = ("BLOB", "bytea"),
        [typeof(DateTime)] = ("TEXT", "timestamp"),
        [typeof(DateTimeOffset)] = ("TEXT", "timestamptz"),
        [typeof(DateOnly)] = ("TEXT", "date"),
        [typeof(TimeOnly)] = ("TEXT", "time"),
        [typeof(TimeSpan)] = ("TEXT", "interval"),
    };

    /// <exception cref="SchemaException">No column holds it.</exception>
    public static string Of(DatabaseKind kind, ColumnDescriptor column)
    {
        var type = column.GetConvertedDbDataType();
        if (type.DbType is { Length: > 0 } said)
        {
            return said;
        }

        var isPostgres = kind == DatabaseKind.Postgres;
        if (ByDataType(type.DataType) is { } special)
        {
            return isPostgres ? special.Postgres : special.Sqlite;
        }

        var plain = Nullable.GetUnderlyingType(type.SystemType) ?? type.SystemType;
        plain = plain.IsEnum ? Enum.GetUnderlyingType(plain) : plain;
        if (!Types.TryGetValue(plain, out var known))
        {
            throw new SchemaException($"{column.MemberInfo.DeclaringType?.Name}.{column.MemberName} is a {plain.Name}, for which no column is "
                + "known: give it a DbType or a converter.");
        }

        return !isPostgres ? known.Sqlite : plain == typeof(string) && type.Length is > 0 and var length
            ? string.Create(CultureInfo.InvariantCulture, $"varchar({length})")
            : plain == typeof(decimal) && type.Precision is { } precision
                ? string.Create(CultureInfo.InvariantCulture, $"numeric({precision}, {type.Scale ?? 0})")
            : known.Postgres;
    }

    // What the mapping says of the column beyond its .NET type.
    private static (string Sqlite, string Postgres)? ByDataType(DataType type) => type switch
    {
        DataType.Json => ("TEXT", "json"),
        DataType.BinaryJson => ("TEXT", "jsonb"),
        DataType.Text or DataType.NText => ("TEXT", "text"),
        DataType.Int64 => ("INTEGER", "bigint"),
        DataType.Int32 => ("INTEGER", "integer"),
        DataType.Int16 => ("INTEGER", "smallint"),
        _ => null,
    };
}
