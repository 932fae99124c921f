using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A fault at every act of lock, backup, steps, verification and commit: the database is exactly old or exactly new, and the next start arrives.</summary>
public sealed class FaultSpecs
{
    internal const string Before =
        """
        CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT);
        CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE, x TEXT);
        CREATE VIEW mine AS SELECT a FROM p; CREATE INDEX i ON p (a);
        CREATE TRIGGER g AFTER DELETE ON p BEGIN DELETE FROM c WHERE p = old.id; END;
        INSERT INTO p VALUES (1, '1', 'x'), (2, '2', NULL), (9, '3', 'z'); INSERT INTO c VALUES (1, 'a'), (9, NULL);
        """;

    internal const string Wanted =
        """
        CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER, d TEXT, e TEXT NOT NULL DEFAULT 'e');
        CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE, x TEXT NOT NULL DEFAULT '', y INTEGER, CHECK (p > 0));
        CREATE TABLE n (q); CREATE INDEX i ON p (a DESC); CREATE VIEW v AS SELECT d FROM p;
        """;

    internal const string Hints = """{"renames":[{"kind":"column","table":"p","from":"b","to":"d"}]}""";

    public static TheoryData<string> Journals => ["wal", "delete"];

    [Theory]
    [MemberData(nameof(Journals))]
    public void A_fault_at_every_act_leaves_the_old_or_the_new_database(string journal)
    {
        var (old, @new, acts) = Reference(journal);
        Assert.True(acts.Count > 20, string.Join("\n", acts));
        for (var k = 0; k < acts.Count; k++)
        {
            using var sandbox = Fresh(journal);
            var (at, fired) = (0, "");
            var options = new UpgradeOptions
            {
                Reached = act => fired = at++ == k ? throw new InjectedException(act) : fired,
            };
            var thrown = Assert.Throws<InjectedException>(() => sandbox.To(Wanted, Hints, options).Apply());
            Assert.Equal(acts[k], thrown.Message);
            Assert.Equal(acts[k] == "committed" ? @new : old, sandbox.Content());
            Assert.IsNotType<Failed>(sandbox.To(Wanted, Hints).Apply());
            Assert.Equal(@new, sandbox.Content());
            Assert.Equal(new UpToDate(true), sandbox.To(Wanted, Hints).Check());
            Assert.False(File.Exists($"{sandbox.Database}.migrating"));
        }
    }

    [Theory]
    [MemberData(nameof(Journals))]
    public void A_fault_at_every_act_of_taking_back_leaves_the_new_or_the_old_database(string journal)
    {
        using var reference = Fresh(journal);
        Assert.IsType<Upgraded>(reference.To(Wanted, Hints).Apply());
        var acts = new List<string>();
        Assert.IsType<TakenBack>(reference.To(Wanted, Hints, new UpgradeOptions { Reached = acts.Add }).Rollback());
        var old = reference.Content();
        for (var k = 0; k < acts.Count; k++)
        {
            using var sandbox = Fresh(journal);
            Assert.IsType<Upgraded>(sandbox.To(Wanted, Hints).Apply());
            var @new = sandbox.Content();
            var (at, fired) = (0, "");
            var options = new UpgradeOptions { Reached = act => fired = at++ == k ? throw new InjectedException(act) : fired };
            Assert.Throws<InjectedException>(() => sandbox.To(Wanted, Hints, options).Rollback());
            Assert.Equal(acts[k] == "committed" ? old : @new, sandbox.Content());
        }
    }

    [Fact]
    public void A_failure_is_written_into_the_history_that_is_there_and_the_database_is_the_old_one()
    {
        using var sandbox = Fresh("wal");
        Assert.IsType<Upgraded>(sandbox.To(Wanted, Hints).Apply());
        var old = sandbox.Content();
        sandbox.Run("DROP INDEX i");
        var options = new UpgradeOptions { Reached = act => _ = act == "verify" ? throw new IOException("the disk is gone") : 0 };

        Assert.Equal("the disk is gone", Assert.IsType<Failed>(sandbox.To(Wanted, Hints, options).Apply()).Reason);

        var last = sandbox.To(Wanted, Hints).History()[^1];
        Assert.Equal(("failed", "the disk is gone"), (last.Status, last.Reason));
        Assert.IsType<Upgraded>(sandbox.To(Wanted, Hints).Apply());
        Assert.Equal(old, sandbox.Content());
    }

    internal static SqliteSandbox Fresh(string journal)
    {
        var sandbox = new SqliteSandbox();
        sandbox.Run($"PRAGMA journal_mode = {journal};{Before}");
        return sandbox;
    }

    internal static (string Old, string New, List<string> Acts) Reference(string journal)
    {
        using var sandbox = Fresh(journal);
        var (old, acts) = (sandbox.Content(), new List<string>());
        Assert.IsType<Upgraded>(sandbox.To(Wanted, Hints, new UpgradeOptions { Reached = acts.Add }).Apply());
        return (old, sandbox.Content(), acts);
    }

    private sealed class InjectedException(string act) : Exception(act);
}
