using System.Collections;
using System.Data.Common;
using System.Globalization;

namespace Orchestrator.Schema;

/// <summary>Short forms. A parameter is called @name on either database.</summary>
internal static class DatabaseCommands
{
    public static int Execute(this DbConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    public static object? Scalar(this DbConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteScalar() is var value && value is DBNull ? null : value;
    }

    public static long Number(this DbConnection connection, string sql, params (string Name, object? Value)[] parameters) =>
        Convert.ToInt64(connection.Scalar(sql, parameters), CultureInfo.InvariantCulture);

    public static List<object?[]> Rows(this DbConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        return reader.Rest();
    }

    /// <summary>The rows of the current result.</summary>
    public static List<object?[]> Rest(this DbDataReader reader)
    {
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Whether both results are the same, value by value.</summary>
    public static bool IsSame(this List<object?[]> one, List<object?[]> other)
    {
        if (one.Count != other.Count)
        {
            return false;
        }

        for (var i = 0; i < one.Count; i++)
        {
            for (var c = 0; c < one[i].Length; c++)
            {
                if (!Equals(one[i][c], other[i][c]) && !StructuralComparisons.StructuralEqualityComparer.Equals(one[i][c], other[i][c]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static DbCommand Command(DbConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is made here, of quoted names
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = 0;   // a rebuild may take as long as it takes
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
