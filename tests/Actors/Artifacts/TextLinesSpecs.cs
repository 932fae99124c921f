using CsCheck;
using Orchestrator.Actors.Artifacts;

namespace Orchestrator.Actors.Tests.Artifacts;

public sealed class TextLinesSpecs
{
    [Theory]
    [InlineData("a\nb\nc\n", 1, 10, "a\nb\nc\n", 3, 3)]
    [InlineData("a\nb\nc", 1, 10, "a\nb\nc", 3, 3)]
    [InlineData("a\nb\nc", 2, 1, "b\n", 1, 3)]
    [InlineData("a\nb\nc", 3, 5, "c", 1, 3)]
    [InlineData("a\nb\nc", 4, 5, "", 0, 3)]
    [InlineData("a\r\nb", 1, 1, "a\r\n", 1, 2)]
    [InlineData("\n\n", 2, 1, "\n", 1, 2)]
    [InlineData("a", 1, 0, "", 0, 1)]
    [InlineData("", 1, 10, "", 0, 0)]
    public void Lines_are_taken_by_number(string text, int first, int most, string taken, int count, int total) =>
        Assert.Equal(new TextLines(taken, first, count, total, false), TextLines.Of(text, first, most, 1000));

    [Fact]
    public void Only_whole_lines_are_taken_as_long_as_one_fits()
    {
        Assert.Equal(new TextLines("aa\nbb\n", 1, 2, 3, false), TextLines.Of("aa\nbb\ncc\n", 1, 10, 8));
        Assert.Equal(new TextLines("aa\nbb\n", 1, 2, 3, false), TextLines.Of("aa\nbb\ncc\n", 1, 10, 6));
        Assert.Equal(new TextLines("aa\n", 1, 1, 3, false), TextLines.Of("aa\nbbbbbbbbbb\nc\n", 1, 10, 6));
    }

    [Fact]
    public void A_line_that_is_longer_than_all_is_cut_and_says_so() =>
        Assert.Equal(new TextLines("bbb", 2, 1, 3, true), TextLines.Of("a\nbbbbbb\nc", 2, 10, 3));

    [Fact]
    public void A_cut_never_parts_a_surrogate_pair()
    {
        Assert.Equal("ab", TextLines.Of("ab🙂cd", 1, 1, 3).Text);
        Assert.Equal("ab🙂", TextLines.Of("ab🙂cd", 1, 1, 4).Text);
        Assert.Equal("🙂", TextLines.Of("🙂🙂", 1, 1, 3).Text);
        Assert.Equal("🙂", TextLines.Of("🙂🙂", 1, 1, 1).Text);   // more than asked, but never nothing: the reader must get on
    }

    [Fact]
    public void Reading_on_from_where_it_ended_gives_the_whole_text() =>
        Gen.Select(Gen.String[Gen.OneOfConst('a', 'b', '\n', '\r'), 0, 60], Gen.Int[1, 4], Gen.Int[61, 90]).Sample((text, most, characters) =>
        {
            var (read, next) = ("", 1);
            while (true)
            {
                var part = TextLines.Of(text, next, most, characters);
                if (part.Count == 0)
                {
                    return read == text && next == part.Total + 1;
                }

                (read, next) = (read + part.Text, next + part.Count);
            }
        });
}
