using SQLitePCL;

namespace Orchestrator.Schema.Sqlite;

/// <summary>A file of DDL.</summary>
public static class SqlScript
{
    /// <summary>Its statements. SQLite itself says where one ends: a trigger holds semicolons of its own.</summary>
    /// <param name="script">The text.</param>
    public static IReadOnlyList<string> Statements(string script)
    {
        Batteries_V2.Init();
        var (statements, start) = (new List<string>(), 0);
        foreach (var token in SqlTokens.Of(script).Where(t => t.Is(";")))
        {
            if (raw.sqlite3_complete(script[start..token.End]) == 1)
            {
                statements.Add(script[start..token.Start].Trim());
                start = token.End;
            }
        }

        statements.Add(script[start..].Trim());
        return [.. statements.Where(s => SqlTokens.Of(s).Count > 0)];
    }
}
