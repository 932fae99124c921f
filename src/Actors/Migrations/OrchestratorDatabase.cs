using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.Migrations;

/// <summary>The whole schema of this product, in one place, and the way to a database that has it.</summary>
public static class OrchestratorDatabase
{
    /// <summary>
    /// Number of the schema. Raised with every change of <see cref="Wanted"/>: a program that knows a smaller number refuses the database instead of
    /// writing what it does not understand.
    /// </summary>
    public const int SchemaVersion = 3;

    /// <summary>What this build wants.</summary>
    public static WantedSchema Wanted { get; } = new([.. SqliteStore.Tables, .. TaskIndexTables.Create], SchemaHints.None, SchemaVersion)
    {
        Derived = new DerivedTables(TaskIndexTables.Names, "projection", $"DELETE FROM projection WHERE name = '{TaskIndexTables.Projection}'"),
    };

    /// <summary>The upgrade of a database to <see cref="Wanted"/>, for those who want to look first or to go back.</summary>
    public static DatabaseUpgrade Upgrade(string path, UpgradeOptions? options = null) => new(path, Wanted, options);

    /// <summary>
    /// Opens or creates the database and brings it to <see cref="Wanted"/>, before anything else reads or writes it. The caller holds whatever lock
    /// keeps other backends away.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How, and who is told of it.</param>
    /// <exception cref="StoreUnavailableException">The file cannot be used.</exception>
    /// <exception cref="UpgradeRefusedException">The database is as it was; the refusal says why and what to do.</exception>
    public static OpenedDatabase Open(string path, UpgradeOptions? options = null)
    {
        var outcome = Upgrade(path, options).Apply();
        switch (outcome)
        {
            case Refused { Refusal: var refusal }:
                // Where the file itself is the trouble, the store says it better.
                Refuse(path, refusal.Code is "damaged" or "unavailable", false, new Refusal(
                    Code(refusal.Code), $"The database {path} was not upgraded: {refusal.Reason}.", $"{Sentence(refusal.NextStep)}"));
                break;
            case Failed failed:
                Refuse(path, true, true, new Refusal(
                    RefusalCode.MigrationFailed, $"The upgrade of the database {path} failed: {failed.Reason}.", Sentence(failed.NextStep)));
                break;
        }

        return new OpenedDatabase(SqliteStore.Open(path), outcome);
    }

    private static void Refuse(string path, bool askStore, bool failed, Refusal refusal)
    {
        if (askStore)
        {
            SqliteStore.Open(path).Close();
        }

        throw new UpgradeRefusedException(refusal, failed);
    }

    private static string Code(string code) => code switch
    {
        "newer" => RefusalCode.DatabaseNewer,
        "damaged" or "unavailable" or "locked" => RefusalCode.DatabaseUnavailable,
        _ => RefusalCode.MigrationRefused,
    };

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
}

/// <summary>A database that has today's schema.</summary>
/// <param name="Store">It.</param>
/// <param name="Outcome">What had to be done.</param>
public sealed record OpenedDatabase(SqliteStore Store, UpgradeOutcome Outcome);

/// <summary>The database is not what this build wants, and was left as it is.</summary>
/// <param name="refusal">Why, and what to do.</param>
/// <param name="hasBegun">Whether something was begun and rolled back: trying again soon would only cost as much again.</param>
public sealed class UpgradeRefusedException(Refusal refusal, bool hasBegun) : Exception(refusal.Message)
{
    /// <summary>Why, and what to do.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <summary>Whether something was begun and rolled back.</summary>
    public bool HasBegun { get; } = hasBegun;
}
