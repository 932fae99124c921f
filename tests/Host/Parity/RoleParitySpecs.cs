using System.Text.Json.Nodes;

namespace Orchestrator.Host.Tests.Parity;

/// <summary>Roles: layers, names of one's own, aliases, broken files, changes.</summary>
public sealed class RoleParitySpecs : ParitySpecs
{
    private string User => Directory.CreateDirectory(Path.Combine(Served.Folder, "home/.config/orchestrator/roles")).FullName;

    private string Project => Directory.CreateDirectory(Path.Combine(Served.Workspace, ".task_orchestrator/roles")).FullName;

    [Fact]
    [ParityRow(42, "roles in YAML: merged, project override, own names, alias coder = implementer", "execute_task", "get_status")]
    public async Task Row_42_roles_are_merged_layer_by_layer_and_their_text_is_in_the_work_order()
    {
        await File.WriteAllTextAsync(Path.Combine(User, "mine.yaml"), """
            implementer:
              role_definition: You write C# as if it were prose.
              expertise: [C#, Akka.NET]
            gardener:
              role_definition: You prune.
              aliases: [tree-keeper]
            """);
        await File.WriteAllTextAsync(Path.Combine(Project, "project.yml"), """
            coder:
              approach:
                - Read STYLE.md first.
            """);
        await File.WriteAllTextAsync(Path.Combine(Served.Workspace, "team_roles.yaml"), """
            tester: {output_format: A table of cases.}
            """);

        var coder = await Role("coder");
        Assert.Equal("You write C# as if it were prose.", (string?)coder["persona"]);
        Assert.Equal(["C#", "Akka.NET"], Strings(coder["expertise"]));
        Assert.Equal(["Read STYLE.md first."], Strings(coder["approach"]));
        Assert.Contains("The changed files", (string?)coder["deliverable"], StringComparison.Ordinal);
        Assert.Equal(["mine.yaml", "project.yml"], Strings(coder["from"]).Select(Path.GetFileName));
        Assert.Equal(coder.ToJsonString(), (await Role("implementer")).ToJsonString());
        Assert.Equal("You prune.", (string?)(await Role("tree-keeper"))["persona"]);
        Assert.Equal("A table of cases.", (string?)(await Role("tester"))["deliverable"]);
        Assert.Equal("plumber", (string?)(await Role("plumber"))["name"]);
    }

    [Theory]
    [InlineData("coder:\n  approach: [unclosed\n", 3)]
    [InlineData("coder:\n  role_definition: a\n  colour: red\n", 3)]
    [InlineData("coder:\n  expertise:\n    deep: {a: b}\n", 3)]
    [InlineData("- coder\n", 1)]
    [InlineData("a b:\n  persona: x\n", 1)]
    public async Task A_broken_file_is_reported_with_its_line_and_leaves_the_others_working(string broken, int line)
    {
        await File.WriteAllTextAsync(Path.Combine(Project, "broken.yaml"), broken);
        await File.WriteAllTextAsync(Path.Combine(Project, "whole.yaml"), "tester: {persona: You break things.}");

        Assert.Equal("You break things.", (string?)(await Role("tester"))["persona"]);
        var order = await Order("coder");
        Assert.StartsWith("You are a software engineer", (string?)order["specialist"]!["persona"], StringComparison.Ordinal);
        foreach (var problems in new[] { order["role_problems"], (await Client.Call("get_status", new { })).Value["role_problems"] })
        {
            var problem = Assert.Single(problems!.AsArray())!;
            Assert.EndsWith("broken.yaml", (string)problem["file"]!, StringComparison.Ordinal);
            Assert.Equal(line, (int)problem["line"]!);
            Assert.True((int)problem["column"]! > 0);
            Assert.NotEmpty((string)problem["message"]!);
        }
    }

    [Fact]
    public async Task A_file_that_would_exhaust_the_stack_is_only_a_broken_file()
    {
        await File.WriteAllTextAsync(Path.Combine(Project, "deep.yaml"), $"coder: {new string('[', 100_000)}");

        Assert.Contains("levels deep", (string?)(await Order("coder"))["role_problems"]![0]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_read_again()
    {
        var file = Path.Combine(Project, "roles.yaml");
        foreach (var persona in new[] { "the first", "the second one" })
        {
            await File.WriteAllTextAsync(file, $"coder: {{persona: {persona}}}");
            Assert.Equal(persona, (string?)(await Role("coder"))["persona"]);
        }

        File.Delete(file);
        Assert.StartsWith("You are a software engineer", (string?)(await Role("coder"))["persona"], StringComparison.Ordinal);
    }

    private async Task<JsonObject> Role(string name) => (await Order(name))["specialist"]!.AsObject();

    private async Task<JsonObject> Order(string role)
    {
        var task = (await Client.Call("plan_task", new { title = "t", description = "d", specialist_type = role }))["task_id"];
        return (await Client.Call("execute_task", new { task_id = task })).Value;
    }
}
