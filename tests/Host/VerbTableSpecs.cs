using Orchestrator.Host.Commands;

namespace Orchestrator.Host.Tests;

/// <summary>A verb that is asked for by its name is made alone; it must be the one that the whole command line has under that name.</summary>
public sealed class VerbTableSpecs
{
    public static TheoryData<string> Names => [.. RootCommands.Verbs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_verb_bears_the_name_that_it_is_found_by(string name) => Assert.Equal(name, RootCommands.Verbs[name]().Name);

    [Fact]
    public void The_whole_command_line_has_every_verb_in_the_same_order() =>
        Assert.Equal(RootCommands.Verbs.Keys, RootCommands.Create().Subcommands.Select(c => c.Name));
}
