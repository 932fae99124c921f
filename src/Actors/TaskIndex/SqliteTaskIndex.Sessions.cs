using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <content>Sessions.</content>
public sealed partial class SqliteTaskIndex
{
    /// <inheritdoc/>
    public IReadOnlyList<SessionRow> Sessions(bool includeClosed, long? before, int limit)
    {
        using var db = Open();
        var sessions = db.GetTable<SessionRecord>().AsQueryable();
        sessions = includeClosed ? sessions : sessions.Where(s => s.ClosedAt == null);
        sessions = before is { } position ? sessions.Where(s => s.Position < position) : sessions;
        return ToRows(db, [.. sessions.OrderByDescending(s => s.Position).Take(limit)]);
    }

    /// <inheritdoc/>
    public SessionRow? Session(SessionId id)
    {
        using var db = Open();
        return ToRows(db, [.. db.GetTable<SessionRecord>().Where(s => s.SessionId == id.Value)]) is [var row] ? row : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SessionRow> SessionsClosedBy(CommandId request)
    {
        using var db = Open();
        var key = request.ToString();
        return ToRows(db, [.. db.GetTable<SessionRecord>().Where(s => s.ClosedUnder == key).OrderByDescending(s => s.Position)]);
    }

    private static List<SessionRow> ToRows(DataConnection db, List<SessionRecord> sessions)
    {
        var ids = sessions.ConvertAll(s => s.SessionId);
        const int pending = (int)TaskPhase.Pending, blocked = (int)TaskPhase.Blocked;
        var counts = db.GetTable<TaskRecord>().Where(t => ids.Contains(t.SessionId!)).GroupBy(t => t.SessionId!).Select(g => new
        {
            g.Key,
            Tasks = g.LongCount(),
            Open = g.Sum(t => t.Phase >= pending && t.Phase <= blocked ? 1L : 0L),
            Completed = g.Sum(t => t.Satisfied ? 1L : 0L),
            Claims = g.Sum(t => t.ClaimedUntil != null ? 1L : 0L),
            Last = g.Max(t => t.UpdatedAt),
        }).ToDictionary(g => g.Key);
        return sessions.ConvertAll(s =>
        {
            var count = counts.GetValueOrDefault(s.SessionId);
            return new SessionRow(
                new SessionId(s.SessionId), Time(s.OpenedAt), s.OpenedBy, Time(Math.Max(s.LastAt, count?.Last ?? 0)), s.WorkingDirectory, s.Position,
                s.ClosedAt is { } closed ? Time(closed) : null, s.ClosedBecause, count?.Tasks ?? 0, count?.Open ?? 0, count?.Completed ?? 0,
                count?.Claims ?? 0);
        });
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
