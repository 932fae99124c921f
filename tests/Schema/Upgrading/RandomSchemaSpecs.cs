using System.Data.Common;
using CsCheck;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>From any schema to any other, with any rows.</summary>
/// <param name="make">A database.</param>
/// <param name="dialect">How its schemas are written.</param>
/// <param name="cases">How many are tried; ORCHESTRATOR_SCHEMA_CASES says another number, for a long run.</param>
public abstract class RandomSchemaSpecs(Func<Sandbox> make, RandomSchema dialect, long cases)
{
    private readonly long _cases = long.TryParse(Environment.GetEnvironmentVariable("ORCHESTRATOR_SCHEMA_CASES"), out var n) ? n : cases;

    [SkippableFact]
    public void It_arrives_keeps_every_row_finds_nothing_left_and_goes_back_or_refuses_and_changes_nothing()
    {
        var (done, refused) = (0, 0);
        using (make())
        {
            // Where there is no server this is skipped, not failed.
        }

        Gen.Select(RandomSchema.Schema, RandomSchema.Schema, RandomSchema.Rows).Sample(
            (from, to, rows) =>
            {
                if (Holds(dialect.Ddl(from), [.. dialect.Inserts(from, rows)], dialect.Ddl(to)))
                {
                    Interlocked.Increment(ref done);
                }
                else
                {
                    Interlocked.Increment(ref refused);
                }
            },
            iter: _cases,
            threads: 2,
            print: t => $"{dialect.Ddl(t.Item1)}\n{string.Join(";\n", dialect.Inserts(t.Item1, t.Item3))}\n=>\n{dialect.Ddl(t.Item2)}");
        Assert.True(done > _cases / 4, $"{done} done, {refused} refused");
    }

    private bool Holds(string from, string[] inserts, string to)
    {
        using var sandbox = make();
        sandbox.Run(from);
        foreach (var insert in inserts)
        {
            try
            {
                sandbox.Run(insert);
            }
            catch (DbException)
            {
                // a typed column takes no value of another type
            }
        }

        var (old, rows) = (sandbox.Content(), Rows(sandbox, null));
        var upgrade = sandbox.To(to, options: new UpgradeOptions { KeepBackups = 1 });
        switch (upgrade.Apply())
        {
            case Refused refused:
                Assert.Equal(old, sandbox.Content());
                Assert.Contains(refused.Refusal.Code, (string[])["rows", "conflict"]);
                return false;
            case Failed failed:
                throw new InvalidOperationException(failed.Reason);
            case NothingToDo:
                Assert.Equal(new UpToDate(true), upgrade.Check());
                return true;
            default:
                break;
        }

        Assert.Equal(new UpToDate(true), upgrade.Check());
        Assert.Equal(rows, Rows(sandbox, rows));
        var now = sandbox.Content();
        var back = upgrade.Rollback();
        if (back is TakenBack)
        {
            Assert.IsType<UpToDate>(sandbox.To(from, options: new UpgradeOptions { RefuseOlder = false }).Check());
            Assert.Equal(rows, Rows(sandbox, rows));
        }
        else
        {
            // NULLs that were filled are duplicates to the old schema.
            Assert.Equal("rows", Assert.IsType<Refused>(back).Refusal.Code);
            Assert.Equal(now, sandbox.Content());
        }

        return true;
    }

    // Every stored value that was there, as text: a conversion that comes back is no loss. NULLs may have been filled.
    private static Dictionary<string, string> Rows(Sandbox sandbox, Dictionary<string, string>? only)
    {
        var found = new Dictionary<string, string>();
        foreach (var table in sandbox.Schema().Tables)
        {
            foreach (var column in table.Columns.Where(c => only is null ? c.Generated is null : only.ContainsKey($"{table.Name}.{c.Name}")))
            {
                var values = sandbox.Rows($"SELECT CAST({column.Name} AS TEXT) FROM {table.Name} WHERE {column.Name} IS NOT NULL");
                found[$"{table.Name}.{column.Name}"] = string.Join("|", values.Select(v => $"{v[0]}".Replace(".0", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            }
        }

        return only is null ? found : found.Where(f => Contains(f.Value, only[f.Key])).ToDictionary(f => f.Key, f => only[f.Key]);
    }

    private static bool Contains(string now, string before)
    {
        var left = now.Split('|').ToList();
        return before.Length == 0 || before.Split('|').All(left.Remove);
    }
}

public sealed class SqliteRandomSchemaSpecs() : RandomSchemaSpecs(() => new SqliteSandbox(), new SqliteRandomSchema(), 300);

public sealed class PostgresRandomSchemaSpecs() : RandomSchemaSpecs(() => new Postgres.PostgresSandbox(), new Postgres.PostgresRandomSchema(), 60);
