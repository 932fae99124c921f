using System.CommandLine;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate verify</c>: everything that is wrong with the database.</summary>
internal static class MigrateVerify
{
    public static Command Create(MigrateOptions options)
    {
        var verify = new Command(
            "verify", "Look for damage, rows without parents, views and triggers that do not work, and drift; nothing is changed.");
        options.Act(verify, needsWanted: true, (_, target) =>
        {
            target.MustExist();
            var wrong = target.Upgrade().Verify();
            Console.WriteLine(wrong.Count == 0 ? "Sound, and as it is wanted." : string.Join('\n', wrong));
            return Task.FromResult(wrong.Count == 0 ? MigrateExit.Done : MigrateExit.Refused);
        });
        return verify;
    }
}
