namespace Orchestrator.EndToEnd.Harness;

/// <summary>The two forms in which a client may start the product.</summary>
public enum Form
{
    /// <summary><c>dotnet orchestrator.dll</c> as it was built: the relay inside the big program. Always there.</summary>
    Relayed,

    /// <summary>The small ahead-of-time compiled front and the backend beside it, as they are shipped.</summary>
    Published,
}

/// <summary>How the program under test is started.</summary>
/// <param name="Front">The command that a client's configuration would name.</param>
/// <param name="Host">The big program: <c>backend</c> and other commands.</param>
internal sealed record TestedProgram(IReadOnlyList<string> Front, IReadOnlyList<string> Host)
{
    private const string Variable = "ORCHESTRATOR_PUBLISHED";

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>True when the published form is there.</summary>
    public static bool IsPublished => File.Exists(Path.Join(Folder, "orchestrator-front")) && File.Exists(Path.Join(Folder, "orchestrator"));

    private static string Folder =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Path.Join(Root, "artifacts/publish");

    /// <summary>The program in one form; skips the test when it is not there.</summary>
    public static TestedProgram Of(Form form) => form == Form.Relayed ? Relayed() : Published();

    private static TestedProgram Relayed()
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = [dotnet, Path.Join(AppContext.BaseDirectory, "orchestrator.dll")];
        return new TestedProgram(command, command);
    }

    private static TestedProgram Published()
    {
        var (front, host) = (Path.Join(Folder, "orchestrator-front"), Path.Join(Folder, "orchestrator"));
        Skip.IfNot(
            IsPublished,
            $"Nothing is published in {Folder}. Publish src/Front and src/Host with "
            + $"'dotnet publish ... -c Release -r linux-x64 -o artifacts/publish', or name a folder by {Variable}.");
        return new TestedProgram([front], [host]);
    }

    private static string FindRoot()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Join(at, "Orchestrator.sln")))
            {
                return at;
            }
        }

        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
