using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Tests.Backend;

/// <summary>What an operator may want of a process that stands by.</summary>
public class StandbySettingSpecs
{
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData(null, "Auto"), InlineData("", "Auto"), InlineData("auto", "Auto"), InlineData(" On ", "On"), InlineData("true", "On"), InlineData("OFF", "Off")]
    [InlineData("false", "Off")]
    public void The_variable_goes_before_the_file_that_says_auto(string? word, string mode)
    {
        var (found, fault) = StandbySetting.Read(name => name == "ORCHESTRATOR_STANDBY" ? word : null);
        Assert.Equal(mode, $"{found}");
        Assert.Null(fault);
    }

    [Fact]
    public void A_word_that_is_no_mode_means_off_and_says_what_to_write()
    {
        var (mode, fault) = StandbySetting.Read(_ => "sometimes");
        Assert.Equal(StandbyMode.Off, mode);
        Assert.Equal("'sometimes' is no mode: ORCHESTRATOR_STANDBY must be on, off or auto. No process stands by.", fault);
    }

    [Theory]
    [InlineData(new[] { 60.0, 60.0 }, 1024, false, true)]
    [InlineData(new[] { 60.0, 59.9 }, 1024, false, false)]   // the second has only just come
    [InlineData(new[] { 3600.0 }, 65536, false, false)]
    [InlineData(new[] { 60.0, 60.0 }, 1023, false, false)]
    [InlineData(new[] { 1.0, 2.0 }, 512, true, true)]   // after a restart, or in narrower times, it is not ended
    [InlineData(new[] { 3600.0, 3600.0 }, 511, true, false)]
    [InlineData(new[] { 3600.0 }, 65536, true, false)]
    [InlineData(new double[0], 65536, true, false)]
    public void Auto_means_two_clients_for_a_minute_and_memory_to_spare(double[] seconds, long mib, bool isThere, bool isWanted) =>
        Assert.Equal(isWanted, StandbySetting.IsWorthIt(seconds.Select(TimeSpan.FromSeconds), () => mib * MiB, isThere));

    [Fact]
    public void Crashes_that_are_handed_on_cannot_use_up_the_restart_budget_unseen() =>
        Assert.True(StandbyKeeper.ServesFirst * CrashRecord.Budget >= CrashRecord.Window);
}
