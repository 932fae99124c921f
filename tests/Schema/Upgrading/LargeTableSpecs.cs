using System.Diagnostics;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A table that does not fit the cache is rewritten in bounded memory, and one can see how far it is.</summary>
public sealed class LargeTableSpecs : IDisposable
{
    private const int Rows = 400_000;
    private readonly SqliteSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void A_rebuild_tells_how_far_it_is_and_needs_no_memory_for_its_rows()
    {
        _sandbox.Run(
            $"""
            CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rows})
                INSERT INTO orders SELECT i, i, printf('%0400d', i) FROM n;
            """);
        var (told, before, most) = (new List<UpgradeProgress>(), Memory(), 0L);
        var options = new UpgradeOptions
        {
            Progress = p =>
            {
                told.Add(p);
                most = Math.Max(most, Memory());
            },
        };

        Assert.IsType<Upgraded>(_sandbox.To("CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER, b TEXT);", null, options).Apply());

        var percents = told.Where(p => p.Percent is not null).ToList();
        Assert.True(percents.Count > 10, $"{percents.Count} reports");
        Assert.All(percents, p => Assert.Equal((1, 1), (p.Step, p.Of)));
        Assert.Equal(percents.Select(p => p.Percent).Order(), percents.Select(p => p.Percent));
        Assert.True(percents[^1].Percent >= 50, $"the last report was {percents[^1].Percent} %");
        // The file has 180 MB; the cache of a migration is 64.
        Assert.True(most - before < 150 << 20, $"{(most - before) >> 20} MB more");
    }

    private static long Memory()
    {
        using var me = Process.GetCurrentProcess();
        return me.WorkingSet64;
    }
}
