using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Orchestrator.Tidy.Tests;

/// <summary>The walls between the rooms, and what must not lie about in any of them.</summary>
public sealed partial class WallSpecs
{
    public static TheoryData<string, string[]> Rooms => new()
    {
        { "Protocol", [] },
        { "Schema", [] },
        { "Actors", ["Protocol", "Schema"] },
        { "Front", ["Protocol"] },
        { "Host", ["Protocol", "Schema", "Actors", "Front"] },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Imports_flow_one_way(string room, string[] allowed)
    {
        var project = XDocument.Load(Path.Combine(Source.Root, "src", room, $"{room}.csproj"));
        var referenced = project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

        Assert.Empty(referenced.Except(allowed));
    }

    [Theory]
    [InlineData("Protocol", "")]
    [InlineData("Schema", "linq2db,Microsoft.Data.Sqlite,Npgsql")]
    [InlineData("Front", "")]
    public void A_room_takes_no_package_that_is_not_meant_for_it(string room, string allowed)
    {
        var project = XDocument.Load(Path.Combine(Source.Root, "src", room, $"{room}.csproj"));

        Assert.Empty(project.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value).Except(allowed.Split(',')));
    }

    [Fact]
    public void The_rules_know_no_clock_no_chance_and_no_actors()
    {
        var rules = Source.Code("src/Actors").Where(f => Rule().IsMatch(Path.GetFileName(f))).ToList();

        Assert.NotEmpty(rules);
        Assert.Empty(Source.Lines(rules, line => Impure().IsMatch(line)));
    }

    [Fact]
    public void The_clock_is_a_TimeProvider() => Assert.Empty(Source.Lines(Source.Code(), line => WallClock().IsMatch(line)));

    [Fact]
    public void The_tools_of_the_protocol_library_stay_in_the_host() =>
        Assert.Empty(Source.Lines(
            Source.Code().Where(f => !Source.Name(f).StartsWith(Path.Combine("src", "Host"), StringComparison.Ordinal)),
            line => line.Contains("using ModelContextProtocol", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_is_put_off_in_a_comment() => Assert.Empty(Source.Lines(
        Source.Code().Concat(Source.Files("hocon", "*.conf")).Concat(Source.Code("benchmarks")),
        line => PutOff().IsMatch(line)));

    [Fact]
    public void No_backup_is_kept_beside_its_original() => Assert.Empty(
        Directory.EnumerateFiles(Source.Root, "*", SearchOption.TopDirectoryOnly).Concat(Source.Files("src", "*")).Concat(Source.Files("tests", "*"))
            .Where(f => Backup().IsMatch(f)).Select(Source.Name));

    [Fact]
    public void Lines_fit_a_screen() => Assert.Empty(Source.Lines(Source.Code().Concat(Source.Code("benchmarks")), line => line.Length > 180));

    [Fact]
    public void Files_hold_one_idea() => Assert.Empty(
        Source.Code().Select(f => (Name: Source.Name(f), Lines: File.ReadLines(f).Count())).Where(f => f.Lines > 350).Select(f => $"{f.Name}: {f.Lines} lines"));

    [Fact]
    public void No_type_is_named_like_one_that_everybody_imports() =>
        Assert.Empty(Source.Lines(Source.Code(), line => Ambiguous().IsMatch(line)));

    [GeneratedRegex("(State|Decisions(\\.\\w+)?|Facts|Transitions|Memory|PlanGraph)\\.cs$")]
    private static partial Regex Rule();

    [GeneratedRegex("DateTime(Offset)?\\.(Utc)?Now|TimeProvider|Guid\\.NewGuid|Random|using Akka|ILogger")]
    private static partial Regex Impure();

    [GeneratedRegex("DateTime(Offset)?\\.(Utc)?Now\\b")]
    private static partial Regex WallClock();

    [GeneratedRegex("\\b(TODO|FIXME|HACK|XXX)\\b")]
    private static partial Regex PutOff();

    [GeneratedRegex("\\.(bak|backup|orig|old|DISABLED)$|~$")]
    private static partial Regex Backup();

    [GeneratedRegex("(class|record|struct|enum|interface) (Task|TaskStatus|TaskScheduler)\\b")]
    private static partial Regex Ambiguous();
}
