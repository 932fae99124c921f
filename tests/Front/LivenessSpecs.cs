namespace Orchestrator.Front.Tests;

public sealed class LivenessSpecs
{
    private readonly Liveness _liveness = new();

    public LivenessSpecs() => _liveness.Begin(0);

    [Fact]
    public void A_backend_that_falls_silent_is_known_to_be_within_three_seconds()
    {
        long heard = 10_000;
        _liveness.Begin(heard);
        var asked = 0L;
        for (var now = heard; ; now += _liveness.Period)
        {
            switch (_liveness.Look(now, heard, true, Liveness.BusyPeriod))
            {
                case Silence.Ask:
                    asked = now;
                    break;
                case Silence.Unbroken:
                    Assert.InRange(now - heard, 2_000, 3_000);
                    Assert.InRange(asked - heard, 500, 1_500);
                    return;
            }
        }
    }

    [Fact]
    public void A_backend_that_answers_is_asked_again_and_again()
    {
        var (heard, asked) = (0L, 0);
        for (var now = 0L; now < 60_000; now += _liveness.Period)
        {
            var silence = _liveness.Look(now, heard, true, Liveness.BusyPeriod);
            Assert.NotEqual(Silence.Unbroken, silence);
            (heard, asked) = silence == Silence.Ask ? (now + 10, asked + 1) : (heard, asked);
        }

        Assert.InRange(asked, 40, 60);
    }

    [Fact]
    public void Nobody_is_suspected_by_one_who_was_held_up_himself()
    {
        Assert.Equal(Silence.Ask, _liveness.Look(2_000, 0, true, Liveness.BusyPeriod));
        Assert.Equal(Silence.Ask, _liveness.Look(60_000, 0, true, Liveness.BusyPeriod));
        Assert.Equal(Silence.None, _liveness.Look(60_250, 0, true, Liveness.BusyPeriod));
    }

    [Fact]
    public void Nobody_is_suspected_whom_our_client_keeps_us_from_hearing()
    {
        for (var now = 1_000L; now < 30_000; now += Liveness.BusyPeriod)
        {
            Assert.Equal(Silence.None, _liveness.Look(now, 0, false, Liveness.BusyPeriod));
        }
    }

    [Theory]
    [InlineData("0.20 0.18 0.12 3/512 11206", 3), InlineData("52.1 40.0 30.9 61/2100 7\n", 61), InlineData("", 0), InlineData("1 2 3 x/y", 0)]
    public void The_kernel_says_how_many_want_to_run(string loadAverage, int runnable) =>
        Assert.Equal(runnable, ProcessorLoad.Runnable(loadAverage));
}
