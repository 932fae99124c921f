using System.Diagnostics;
using LinqToDB.Data;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Backend;

/// <summary>Looks at the store itself: every figure is measured at the moment of asking.</summary>
internal sealed class StoreProbe(SqliteStore store)
{
    /// <summary>The epoch that this process writes under.</summary>
    public long Epoch => store.Epoch;

    /// <summary>How long a commit takes that is on disk when it returns, in milliseconds. It sets a value to what it is.</summary>
    public double WriteMs()
    {
        var start = Stopwatch.GetTimestamp();
        using var db = new DataConnection(store.Durable);
        db.Execute("BEGIN IMMEDIATE");
        if (db.Execute("UPDATE writer SET taken_at = taken_at WHERE id = 1") != 1)
        {
            throw new InvalidOperationException("The database has no row that says who writes to it.");
        }

        db.Execute("COMMIT");
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Events of tasks that the read model has not taken in yet.</summary>
    /// <param name="position">How far it is.</param>
    public long Lag(long position)
    {
        using var db = new DataConnection(store.ReadOnly);
        return db.Execute<long>(
            "SELECT count(*) FROM journal WHERE ordering > @position AND persistence_id LIKE 'task-%'", new DataParameter("position", position));
    }
}
