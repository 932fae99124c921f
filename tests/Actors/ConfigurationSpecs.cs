using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Persistence;
using Akka.Persistence.Sql.Config;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests;

/// <summary>Every key that we set, as the running system sees it: a key that is misspelt or overlaid by another layer shows here.</summary>
public sealed class ConfigurationSpecs : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Pinned = new()
    {
        ["orchestrator.standby"] = "auto",
        ["orchestrator.tasks.passivate-after"] = "10s",
        ["orchestrator.tasks.deadline-approaches"] = "24h",
        ["akka.scheduler.tick-duration"] = "100ms",
        ["akka.loglevel"] = "WARNING",
        ["akka.stdout-loglevel"] = "WARNING",
        ["akka.loggers"] = "Akka.Event.StandardOutLogger, Akka",
        ["akka.log-dead-letters"] = "off",
        ["akka.log-dead-letters-during-shutdown"] = "off",
        ["akka.persistence.journal-plugin-fallback.circuit-breaker.call-timeout"] = "10s",
        ["akka.persistence.journal.plugin"] = "akka.persistence.journal.sql",
        ["akka.persistence.journal.sql.class"] = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql",
        ["akka.persistence.journal.sql.provider-name"] = "SQLite.MS",
        ["akka.persistence.journal.sql.auto-initialize"] = "off",
        ["akka.persistence.journal.sql.parallelism"] = "1",
        ["akka.persistence.journal.sql.use-clone-connection"] = "off",
        ["akka.persistence.journal.sql.read-isolation-level"] = "read-uncommitted",
        ["akka.persistence.snapshot-store.plugin"] = "akka.persistence.snapshot-store.sql",
        ["akka.persistence.snapshot-store.sql.class"] = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql",
        ["akka.persistence.snapshot-store.sql.provider-name"] = "SQLite.MS",
        ["akka.persistence.snapshot-store.sql.auto-initialize"] = "off",
        ["akka.persistence.snapshot-store.sql.snapshot-is-optional"] = "true",
        ["akka.persistence.snapshot-store.sql.read-isolation-level"] = "read-uncommitted",
    };

    private RunningOrchestrator _running = null!;

    private Config Config => _running.System.Settings.Config;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public void Every_key_of_our_files_is_pinned_here()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "hocon"), "*.conf");

        var keys = files.SelectMany(f => Keys("", ConfigurationFactory.ParseString(File.ReadAllText(f)).Root)).Distinct().Order();

        Assert.Equal(Pinned.Keys.Order(), keys);
    }

    [Fact]
    public void The_running_system_has_these_values() => Assert.All(Pinned, pin =>
    {
        var value = Config.GetValue(pin.Key);
        Assert.Equal(pin.Value, value.IsArray() ? string.Join(" ", value.GetStringList()) : value.GetString());
    });

    [Fact]
    public void The_journal_reads_its_settings_as_we_mean_them()
    {
        var journal = new JournalConfig(Plugin("journal"));

        Assert.Equal((false, "SQLite.MS", 1), (journal.AutoInitialize, journal.ProviderName, journal.DaoConfig.Parallelism));
        Assert.False(journal.UseCloneConnection);
        Assert.Equal(TimeSpan.FromSeconds(10), Plugin("journal").GetTimeSpan("circuit-breaker.call-timeout"));
    }

    [Fact]
    public void The_snapshot_store_reads_its_settings_as_we_mean_them()
    {
        var snapshots = new SnapshotConfig(Plugin("snapshot-store"));

        Assert.Equal((false, "SQLite.MS"), (snapshots.AutoInitialize, snapshots.ProviderName));
        Assert.True(Plugin("snapshot-store").GetBoolean("snapshot-is-optional"));
    }

    [Fact]
    public void The_default_plugins_are_ours()
    {
        var persistence = Persistence.Instance.Apply(_running.System);

        Assert.Equal("akka.persistence.journal.sql", persistence.JournalFor(null).Path.Name);
        Assert.Equal("akka.persistence.snapshot-store.sql", persistence.SnapshotStoreFor(null).Path.Name);
    }

    [Fact]
    public void All_that_is_stored_goes_through_our_serializer()
    {
        var serialization = _running.System.Serialization;

        Assert.IsType<EventSerializer>(serialization.FindSerializerForType(typeof(TaskEvents.Planned)));
        Assert.IsType<EventSerializer>(serialization.FindSerializerForType(typeof(TaskSnapshot)));
        Assert.Equal(8100, serialization.FindSerializerForType(typeof(TaskSnapshot)).Identifier);
    }

    [Fact]
    public void The_log_level_and_the_times_are_understood()
    {
        Assert.Equal("WARNING", _running.System.Settings.LogLevel);
        Assert.Equal(TimeSpan.FromSeconds(10), Config.GetTimeSpan("orchestrator.tasks.passivate-after"));
        Assert.Equal(TimeSpan.FromHours(24), Config.GetTimeSpan("orchestrator.tasks.deadline-approaches"));
    }

    /// <summary>As Akka.Persistence makes them: what a plugin does not say comes from the fallback of its kind.</summary>
    private Config Plugin(string kind) =>
        Config.GetConfig($"akka.persistence.{kind}.sql").WithFallback(Config.GetConfig($"akka.persistence.{kind}-plugin-fallback"));

    private static IEnumerable<string> Keys(string path, HoconValue value) => value.IsObject()
        ? value.GetObject().Items.SelectMany(i => Keys(path.Length == 0 ? i.Key : $"{path}.{i.Key}", i.Value))
        : [path];
}
