using System.Data.Common;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Postgres;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Applying;

/// <summary>A database that brings itself to the schema that a program wants, without losing a row, or says what stands in the way.</summary>
public sealed class DatabaseUpgrade
{
    private readonly DatabaseTarget _target;
    private readonly WantedSchema _wanted;
    private readonly UpgradeOptions _options;

    /// <summary>For a SQLite file.</summary>
    /// <param name="path">The file; it need not be there yet.</param>
    /// <param name="wanted">What the program wants.</param>
    /// <param name="options">How.</param>
    public DatabaseUpgrade(string path, WantedSchema wanted, UpgradeOptions? options = null)
        : this(new SqliteTarget(path), wanted, options)
    {
    }

    private DatabaseUpgrade(DatabaseTarget target, WantedSchema wanted, UpgradeOptions? options) =>
        (_target, _wanted, _options) = (target, wanted, options ?? new UpgradeOptions());

    /// <summary>
    /// For a SQLite file, or a PostgreSQL database when it is addressed as one ("Host=...;Database=..." or postgresql://...): its current schema.
    /// </summary>
    /// <param name="connection">The path or address.</param>
    /// <param name="wanted">What the program wants.</param>
    /// <param name="options">How.</param>
    /// <exception cref="SchemaException">The address is not understood.</exception>
    public static DatabaseUpgrade For(string connection, WantedSchema wanted, UpgradeOptions? options = null) =>
        new(TargetOf(connection), wanted, options);

    /// <summary>Whether <see cref="For"/> takes it for a PostgreSQL database.</summary>
    /// <param name="connection">The path or address.</param>
    public static bool IsPostgres(string connection) => PostgresAddress.Is(connection);

    /// <summary>The statements of a file of DDL, cut as the database would.</summary>
    /// <param name="connection">The path or address.</param>
    /// <param name="ddl">The text of the file.</param>
    public static IReadOnlyList<string> Statements(string connection, string ddl) =>
        PostgresAddress.Is(connection) ? PostgresScript.Statements(ddl) : SqlScript.Statements(ddl);

    internal static DatabaseTarget TargetOf(string connection) => PostgresAddress.Is(connection) ? new PostgresTarget(connection)
        : new SqliteTarget(PathOf(connection));

    /// <summary>The file of a SQLite address: itself, or what its "Data Source" names, as .NET writes it.</summary>
    /// <param name="connection">The path or address.</param>
    public static string PathOf(string connection) =>
        connection.Split(';').Select(p => p.Split('=', 2))
            .FirstOrDefault(p => p.Length == 2 && p[0].Trim().ToUpperInvariant() is "DATA SOURCE" or "DATASOURCE" or "FILENAME") is { } named
            ? named[1].Trim() : connection;

    /// <summary>Looks, and changes nothing. With nothing to do it costs one read.</summary>
    public UpgradeCheck Check()
    {
        try
        {
            return _target.Look(_options, session => MigrationHistory.IsStamped(session, _wanted) ? new UpToDate(true)
                : Assessment.Of(session, _wanted).Check);
        }
        catch (DbException e)
        {
            return _target.Explain(e);
        }
    }

    /// <summary>Brings the database to the wanted schema. What is to be done is found anew within the lock.</summary>
    public UpgradeOutcome Apply() => Check() switch
    {
        UpToDate { IsStamped: true } => new NothingToDo(),
        UpgradeRefusal refusal => new Refused(refusal),
        _ => new Migrator(_target, _wanted, _options).Apply(),
    };

    /// <summary>Takes the last migration back.</summary>
    public UpgradeOutcome Rollback() => new Migrator(_target, _wanted, _options).Rollback();

    /// <summary>
    /// What was done to the database, oldest first. While it has no history, this is what failed: the failures are kept beside the database then,
    /// which is exactly what it was.
    /// </summary>
    public IReadOnlyList<MigrationRow> History() => _target.Look(_options, session => MigrationHistory.Read(session) switch
    {
        null => [],
        [] => session.Failures(),
        var rows => rows,
    });

    /// <summary>
    /// The numbers of the history and what became of each, without the rest: cheap enough for every start. The making of a new database is left out:
    /// nothing was migrated by it.
    /// </summary>
    public IReadOnlyList<(long Version, string Status)> Outline() => _target.Look(_options, session => session.HasHistory
        ? session.Connection.Rows("SELECT version, status FROM migration_history WHERE before <> '[]' ORDER BY version")
            .ConvertAll(r => (Convert.ToInt64(r[0], System.Globalization.CultureInfo.InvariantCulture), (string)r[1]!))
        : []);

    /// <summary>Everything that is wrong with the database: damage, rows without parents, views and triggers that do not work, drift.</summary>
    public IReadOnlyList<string> Verify()
    {
        try
        {
            return _target.Look(_options, session =>
            {
                var wrong = session.Damage().ToList();
                var assessment = Assessment.Of(session, _wanted);
                wrong.AddRange(assessment.Broken.Select(b => $"{b.Key} does not work: {b.Value}"));
                wrong.AddRange(assessment.Check switch
                {
                    UpgradeRefusal refusal => [refusal.Reason],
                    UpgradeNeeded needed => [.. needed.Drift, .. needed.Plan.Steps.Select(s => $"not as wanted: {s.Summary}")],
                    _ => [],
                });
                return wrong;
            });
        }
        catch (Exception e) when (e is DbException or SchemaException)
        {
            return [e.Message];
        }
    }

    /// <summary>Puts a backup in the place of the database, in one transaction, after backing up what is there.</summary>
    /// <param name="backup">The backup, as the history names it.</param>
    public UpgradeOutcome Restore(string backup) => _target.Restore(backup, _options);
}
