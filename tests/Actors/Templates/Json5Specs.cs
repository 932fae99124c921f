using Orchestrator.Actors.Templates;

namespace Orchestrator.Actors.Tests.Templates;

public sealed class Json5Specs
{
    [Theory]
    [InlineData("{a:1}", """{"a":1}""")]
    [InlineData("{'a':\"b\",}", """{"a":"b"}""")]
    [InlineData("[1,2,]", "[1,2]")]
    [InlineData("[0x1F, +1, -2, .5, 5., 1e3]", "[31,1,-2,0.5,5,1000]")]
    [InlineData("/* c */ {a: // d\n null}", """{"a":null}""")]
    [InlineData("'a\\\nb'", "\"ab\"")]
    [InlineData("'\\x41\\u0042\\'\"'", "\"AB'\\\"\"")]
    [InlineData("\uFEFF{\u00A0a: true}", """{"a":true}""")]
    [InlineData("'// no comment, and a trailing ,]'", "\"// no comment, and a trailing ,]\"")]
    [InlineData("{$a: 1, _b: 2, while: 3, ä: 4}", "{\"$a\":1,\"_b\":2,\"while\":3,\"ä\":4}")]
    public void What_JSON5_allows_is_read(string text, string json) => Assert.Equal(json, Json5.Parse("t", text).ToJson());

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{\n  a: 1\n  b: 2\n}", 3, 3)]
    [InlineData("{a: b}", 1, 5)]
    [InlineData("{a: f()}", 1, 5)]
    [InlineData("{a: 1 + 1}", 1, 5)]
    [InlineData("{a}", 1, 2)]
    [InlineData("{['a']: 1}", 1, 2)]
    [InlineData("{...a}", 1, 2)]
    [InlineData("{a() {}}", 1, 2)]
    [InlineData("[1,,2]", 1, 1)]
    [InlineData("{a: 1, a: 2}", 1, 8)]
    [InlineData("`a`", 1, 1)]
    [InlineData("/a/", 1, 1)]
    [InlineData("{a: 010}", 1, 5)]
    [InlineData("{a: 1e999}", 1, 5)]
    [InlineData("{a: NaN}", 1, 5)]
    [InlineData("'\\u202e'", 1, 1)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("1, 2", 1, 1)]
    [InlineData("1_000", 1, 1)]
    [InlineData("async () => 1", 1, 1)]
    public void What_is_no_data_is_refused_with_its_place(string text, int line, int column)
    {
        var error = Assert.Throws<Json5Exception>(() => Json5.Parse("t", text));

        Assert.Equal(new TextPosition("t", line, column), error.At);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('(', ')')]
    public void Deep_nesting_is_refused_and_kills_nobody(char open, char close) =>
        Assert.Throws<Json5Exception>(() => Json5.Parse("t", new string(open, 40_000) + new string(close, 40_000)));
}
