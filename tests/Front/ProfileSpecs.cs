using Orchestrator.Protocol;

namespace Orchestrator.Front.Tests;

public sealed class ProfileSpecs : IDisposable
{
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Every_backend_that_a_front_meets_hears_the_profile_of_its_client()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home, options => options with { Profile = ToolProfile.Full });

        using (var first = await backend.AcceptAsync())
        {
            Assert.Equal(ToolProfile.Full, first.Theirs!.Profile);
        }

        using var second = await backend.AcceptAsync();
        Assert.Equal(ToolProfile.Full, second.Theirs!.Profile);
    }

    [Theory]
    [InlineData("--profile full", "full", null)]
    [InlineData("--profile=standard", "standard", null)]
    [InlineData("--profile", null, "--profile needs a name")]
    public void The_command_line_names_a_profile(string line, string? profile, string? error)
    {
        var parsed = CommandLine.Parse(line.Split(' '));

        Assert.Equal(profile, parsed.Profile);
        Assert.True(error is null ? parsed.Error is null : parsed.Error!.Contains(error, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_profile_is_refused_with_those_there_are()
    {
        Assert.Equal(ToolProfile.Standard, ToolProfiles.Resolve("Standard"));
        foreach (var wrong in new[] { "everything", "", "1" })
        {
            Assert.Contains("core, standard or full", Assert.Throws<FormatException>(() => ToolProfiles.Resolve(wrong)).Message, StringComparison.Ordinal);
        }
    }
}
