using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Postgres;

/// <summary>A column that becomes another in place.</summary>
internal static class PostgresColumns
{
    public static (IReadOnlyList<string> Sql, IReadOnlyList<string> Undo) Alter(AlterColumn step, SchemaFacts facts)
    {
        var back = step.Found.NotNull && !step.Wanted.NotNull ? step.Found.Default ?? PostgresTypes.Nothing(step.Found.Type) : null;
        return (Statements(step.Table, step.Found, step.Wanted, step.Convert, step.Fill, facts),
            Statements(step.Table, step.Wanted, step.Found, null, back, facts));
    }

    /// <summary>Whether the column is dropped and made again: the server changes no column that is computed.</summary>
    public static bool IsMadeAnew(Column found, Column wanted) =>
        wanted.Generated is not null && (found.Generated != wanted.Generated || found.Type != wanted.Type);

    public static IEnumerable<RowCheck> Checks(AlterColumn step, Table table)
    {
        var (found, wanted) = (step.Found, step.Wanted);
        if (step.Convert is not null)
        {
            yield break;
        }

        if (wanted.Generated is not null && found.Generated is null)
        {
            yield return PostgresChecks.Generated(table, found, wanted);
        }
        else if (wanted.Generated is null && found.Type != wanted.Type && !PostgresTypes.Widens(found.Type, wanted.Type))
        {
            yield return PostgresChecks.Converts(table, found, wanted);
        }

        if (wanted is { NotNull: true, Default: null, Generated: null } && !found.NotNull && step.Fill is null)
        {
            yield return PostgresChecks.NotNull(table, found);
        }
    }

    private static List<string> Statements(string table, Column found, Column wanted, string? convert, string? fill, SchemaFacts facts)
    {
        var column = PostgresSteps.AlterColumn(table, wanted);
        var statements = new List<string>();
        if (IsMadeAnew(found, wanted))
        {
            // It is computed again from what is there.
            return [$"{PostgresSteps.Alter(table)} DROP COLUMN {Q(wanted.Name)}", $"{PostgresSteps.Alter(table)} ADD COLUMN {wanted.Definition}"];
        }

        var computed = found.Type == wanted.Type ? [] : (facts.Found.Table(table)?.Columns ?? [])
            .Where(c => c.Generated is { } g && c.Name != wanted.Name && PostgresIntrospection.Mentioned(g.Expression, [wanted]).Count > 0).ToList();
        statements.AddRange(computed.Select(c => $"{PostgresSteps.Alter(table)} DROP COLUMN {Q(c.Name)}"));
        statements.AddRange(found.Generated is not null && wanted.Generated is null ? [$"{column} DROP EXPRESSION"] : []);
        statements.AddRange(PostgresNumbering.Ends(table, found, wanted));
        var retyped = found.Type != wanted.Type || found.Collation != wanted.Collation || convert is not null;
        statements.AddRange(found.Default is not null && (retyped || wanted.Default is null) ? [$"{column} DROP DEFAULT"] : []);
        var needed = wanted.NotNull && !found.NotNull ? fill ?? wanted.Default : null;
        if (retyped)
        {
            var value = convert is null ? PostgresTypes.Cast(Q(found.Name), found.Type, wanted.Type) : $"({convert})";
            value = needed is null ? value : $"coalesce({value}, ({needed}))";
            statements.Add($"{column} TYPE {wanted.Type}{(wanted.Collation is null ? "" : $" COLLATE {wanted.Collation}")} USING {value}");
        }
        else if (needed is not null)
        {
            statements.AddRange(PostgresSteps.Quietly(table, facts,
                $"UPDATE {Q(table)} SET {Q(wanted.Name)} = ({needed}) WHERE {Q(wanted.Name)} IS NULL"));
        }

        statements.AddRange(wanted.Default is { } value2 && (retyped || found.Default != value2) ? [$"{column} SET DEFAULT {value2}"] : []);
        statements.AddRange(found.NotNull == wanted.NotNull ? [] : wanted.NotNull ? [$"{column} SET NOT NULL"] : [$"{column} DROP NOT NULL"]);
        statements.AddRange(PostgresNumbering.Begins(table, found, wanted));
        statements.AddRange(computed.Select(c => $"{PostgresSteps.Alter(table)} ADD COLUMN {c.Definition}"));
        return statements;
    }

    private static string Q(string name) => PostgresNames.Quote(name);
}
