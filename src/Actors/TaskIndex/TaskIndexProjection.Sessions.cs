using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Actors.TaskIndex;

/// <content>The sessions there are.</content>
public sealed partial class TaskIndexProjection
{
    private static void Apply(DataConnection db, ISessionEvent e, long position)
    {
        var id = e.SessionId.Value;
        if (e is SessionEvents.Opened opened)
        {
            db.InsertOrReplace(new SessionRecord
            {
                SessionId = id,
                OpenedAt = Milliseconds(e.At),
                OpenedBy = e.By,
                LastAt = Milliseconds(e.At),
                LastBy = e.By,
                WorkingDirectory = opened.WorkingDirectory,
                Position = position,
            });
            return;
        }

        var session = db.GetTable<SessionRecord>().First(s => s.SessionId == id);
        session.Position = position;
        switch (e)
        {
            case SessionEvents.Resumed:
                (session.LastAt, session.LastBy) = (Milliseconds(e.At), e.By);
                (session.ClosedAt, session.ClosedBecause, session.ClosedUnder) = (null, null, null);
                break;
            case SessionEvents.Closed x:
                (session.ClosedAt, session.ClosedBecause) = (Milliseconds(x.At), x.Reason);
                session.ClosedUnder = (x.CommandId with { Part = "" }).ToString();
                break;
            default:
                throw new NotSupportedException($"Task index: no rule for event {e.GetType().Name}.");
        }

        db.Update(session);
    }
}
