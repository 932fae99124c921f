using System.Text;
using CsCheck;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Protocol.Tests.Wire;

public sealed class HelloSpecs
{
    private static readonly Hello Ours = new(1, 1, "0.1.0", "d", null, 0, 1);

    [Fact]
    public void A_hello_comes_out_as_it_went_in() =>
        Gen.Select(Gen.Int, Gen.Int, Gen.String.Where(WellFormed), Gen.String.Where(WellFormed), Gen.String.Where(WellFormed).Null(), Gen.Long, Gen.Int)
            .Select((min, max, build, directory, front, last, process) => new Hello(min, max, build, directory, front, last, process))
            .Sample(hello => Assert.Equal(hello, Hello.Parse(hello.ToUtf8())));

    [Fact]
    public void A_hello_begins_with_the_magic_word() =>
        Assert.StartsWith("""{"magic":"orchestrator",""", Encoding.UTF8.GetString(Ours.ToUtf8()), StringComparison.Ordinal);

    [Fact]
    public void Who_looks_says_so_and_is_told_of_the_gate_and_the_fronts()
    {
        Assert.True(Hello.Parse((Ours with { Looks = true }).ToUtf8()).Looks);
        var answer = Hello.Parse((Ours with { Gate = "open", Fronts = 3 }).ToUtf8());
        Assert.Equal((false, "open", 3), (answer.Looks, answer.Gate, answer.Fronts));
    }

    [Fact]
    public void A_backend_says_whether_it_takes_keys_and_an_older_one_does_not_say_it()
    {
        Assert.True(Hello.Parse((Ours with { TakesKeys = true }).ToUtf8()).TakesKeys);
        Assert.False(Hello.Parse(Ours.ToUtf8()).TakesKeys);
    }

    [Fact]
    public void Members_of_a_later_build_are_ignored()
    {
        var later = """{"magic":"orchestrator","warm":{"a":[1,{}]},"min_version":1,"max_version":3,"build":"9","data_directory":"d","process_id":5,"z":null}""";
        Assert.Equal(new Hello(1, 3, "9", "d", null, 0, 5), Hello.Parse(Encoding.UTF8.GetBytes(later)));
    }

    [Theory]
    [InlineData("\"full\"", ToolProfile.Full)]
    [InlineData("\"Standard\"", ToolProfile.Standard)]
    [InlineData("\"one of a later build\"", ToolProfile.Core)]
    [InlineData("null", ToolProfile.Core)]
    public void A_hello_names_the_profile_of_its_client(string profile, ToolProfile expected)
    {
        var text = $$"""{"magic":"orchestrator","min_version":1,"max_version":1,"build":"9","data_directory":"d","profile":{{profile}}}""";
        Assert.Equal(expected, Hello.Parse(Encoding.UTF8.GetBytes(text)).Profile);
        Assert.Equal(expected, Hello.Parse((Ours with { Profile = expected }).ToUtf8()).Profile);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("[]")]
    [InlineData("""{"min_version":1,"magic":"orchestrator"}""")]
    [InlineData("""{"magic":"other"}""")]
    [InlineData("""{"magic":"orchestrator","min_version":1,"max_version":1,"build":"x"}""")]
    [InlineData("""{"magic":"orchestrator","min_version":"1"}""")]
    [InlineData("""{"magic":"orchestrator","min_version":99999999999}""")]
    [InlineData("""{"magic":"orchestrator","min_version":1""")]
    public void What_is_no_hello_is_refused(string text) =>
        Assert.Throws<WireException>(() => Hello.Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 3, 2, 5, 3)]
    [InlineData(2, 5, 1, 3, 3)]
    [InlineData(1, 1, 2, 2, null)]
    public void Two_builds_settle_on_the_newest_version_that_both_speak(int min, int max, int theirMin, int theirMax, int? expected) =>
        Assert.Equal(
            expected,
            Hello.Negotiate(Ours with { MinVersion = min, MaxVersion = max }, Ours with { MinVersion = theirMin, MaxVersion = theirMax }));

    [Fact]
    public void A_refusal_comes_out_as_it_went_in()
    {
        var refusal = new Refusal("DATABASE_UNAVAILABLE", "It is \"locked\".", "Wait.");
        Assert.Equal(refusal, RefusalJson.Parse(RefusalJson.ToUtf8(refusal)));
    }

    // Half of a surrogate pair cannot be written as UTF-8.
    private static bool WellFormed(string text) => text == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
