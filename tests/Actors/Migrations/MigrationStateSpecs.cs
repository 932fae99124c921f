using Orchestrator.Actors.Migrations;
using Orchestrator.Protocol.Migrations;

namespace Orchestrator.Actors.Tests.Migrations;

/// <summary>Which facts are written for what a database's history holds.</summary>
public sealed class MigrationStateSpecs
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_row_of_the_history_becomes_one_fact_in_its_order()
    {
        var events = MigrationState.None.Decide(
            Found(Entry(1, MigrationOutcome.Adopted), Entry(2, MigrationOutcome.Failed), Entry(3, MigrationOutcome.Applied)), Now);

        Assert.Equal(
            [typeof(MigrationEvents.Adopted), typeof(MigrationEvents.Failed), typeof(MigrationEvents.Applied)], events.Select(e => e.GetType()));
        Assert.All(events, e => Assert.Equal((Now, "backend"), (e.At, e.By)));
        Assert.Equal(3, events.Select(e => e.CommandId).Distinct().Count());
    }

    [Fact]
    public void What_is_known_is_not_written_again()
    {
        var found = Found(Entry(1, MigrationOutcome.Adopted), Entry(2, MigrationOutcome.Applied));

        Assert.Empty(After(found).Decide(found, Now));
    }

    [Fact]
    public void A_start_that_died_between_two_facts_is_made_good_by_the_next()
    {
        var half = After(Found(Entry(1, MigrationOutcome.Adopted)));

        var rest = half.Decide(Found(Entry(1, MigrationOutcome.Adopted), Entry(2, MigrationOutcome.Applied)), Now);

        Assert.Equal(2, Assert.Single(rest).Migration.Version);
    }

    [Fact]
    public void A_migration_that_was_taken_back_is_a_fact_of_its_own_and_the_state_tells_the_last()
    {
        var applied = After(Found(Entry(1, MigrationOutcome.Applied)));
        var found = Found(Entry(1, MigrationOutcome.TakenBack));

        var taken = Assert.IsType<MigrationEvents.TakenBack>(Assert.Single(applied.Decide(found, Now)));

        Assert.Equal(MigrationOutcome.TakenBack, Assert.Single(applied.Apply(taken).Migrations).Outcome);
    }

    [Fact]
    public void An_unknown_fact_is_not_passed_over() =>
        Assert.Throws<NotSupportedException>(() => MigrationState.None.Apply(new Unknown()));

    private static MigrationState After(MigrationCommands.Record found) =>
        MigrationState.None.Decide(found, Now).Aggregate(MigrationState.None, (state, e) => state.Apply(e));

    private static MigrationCommands.Record Found(params MigrationEntry[] entries) => new("backend", entries);

    private static MigrationEntry Entry(long version, MigrationOutcome outcome) =>
        new(outcome, new MigrationRecord(version, $"step {version}", 1, "0.1.0", "2026-03-01 12:00:00Z", 5, ["add column t.a"], null, null));

    private sealed record Unknown : IMigrationEvent
    {
        public MigrationRecord Migration => Entry(1, MigrationOutcome.Applied).Migration;

        public Protocol.CommandId CommandId => new("x", 1);

        public string By => "x";

        public DateTimeOffset At => Now;
    }
}
