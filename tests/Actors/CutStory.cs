namespace Orchestrator.Actors.Tests;

/// <summary>A story that is told once, whole; each case begins with what a process left that died after one of its writes.</summary>
/// <param name="length">How many writes it has.</param>
public abstract class CutStory(int length) : IAsyncLifetime
{
    private readonly string _whole = Path.GetTempFileName();

    public async Task InitializeAsync()
    {
        await using var running = await RunningOrchestrator.Start();
        await Tell(running);
        await running.Eventually(() => CutJournal.Rows(running.Database) == length);
        await running.Close();
        Assert.Equal(length, CutJournal.Rows(running.Database));
        File.Copy(running.Database, _whole, overwrite: true);
        await running.Open();
    }

    public Task DisposeAsync()
    {
        File.Delete(_whole);
        return Task.CompletedTask;
    }

    /// <summary>What a client asks for, from the beginning.</summary>
    private protected abstract Task Tell(RunningOrchestrator running);

    /// <summary>The next process after one that died when it had written so much.</summary>
    private protected Task<RunningOrchestrator> AfterDeathAt(int rows) => RunningOrchestrator.Start(prepare: database =>
    {
        CutJournal.Copy(_whole, database, rows);
        Assert.Equal(rows, CutJournal.Rows(database));   // it did die there
    });
}
