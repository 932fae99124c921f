using Microsoft.Data.Sqlite;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>Writes histories of tasks into a journal that nobody has open, in one transaction.</summary>
internal sealed class BulkJournal : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly SqliteCommand _insert;

    public BulkJournal(string database)
    {
        _connection = new SqliteConnection($"Data Source={database};Pooling=False");
        _connection.Open();
        _transaction = _connection.BeginTransaction();
        _insert = _connection.CreateCommand();
        _insert.CommandText =
            """
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
            VALUES ($created, 0, $id, $number, $message, $manifest, 8100, '00000000-0000-0000-0000-000000000000')
            """;
        foreach (var name in (string[])["$created", "$id", "$number", "$message", "$manifest"])
        {
            _insert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
    }

    public DateTimeOffset Now { get; private set; } = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(30);

    public Story Begin(TaskId task) => new(this, task);

    public void Commit() => _transaction.Commit();

    public void Dispose()
    {
        _insert.Dispose();
        _transaction.Dispose();
        _connection.Dispose();
    }

    private void Write(TaskId task, long number, ITaskEvent e)
    {
        _insert.Parameters[0].Value = Now.ToUnixTimeMilliseconds();
        _insert.Parameters[1].Value = TaskActor.PersistenceIdOf(task);
        _insert.Parameters[2].Value = number;
        _insert.Parameters[3].Value = EventCodec.Write(e);
        _insert.Parameters[4].Value = EventCodec.Name(e);
        _insert.ExecuteNonQuery();
    }

    /// <summary>One task.</summary>
    internal sealed class Story(BulkJournal journal, TaskId task)
    {
        private TaskState _state = new(task);

        public void Do(ITaskCommand command)
        {
            journal.Now += TimeSpan.FromMilliseconds(10);
            var decision = _state.Decide(command, journal.Now, []);
            if (decision.Refusal is { } refusal)
            {
                throw new InvalidOperationException(refusal.Message);
            }

            foreach (var e in decision.Events)
            {
                _state = _state.Apply(e);
                journal.Write(task, _state.Revision, e);
            }
        }
    }
}
