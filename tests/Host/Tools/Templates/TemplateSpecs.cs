using System.Text.Json.Nodes;
using Orchestrator.Host.Tests.Parity;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools.Templates;

/// <summary>The tools for templates, through a client's session.</summary>
public sealed class TemplateSpecs : IAsyncLifetime
{
    private const string Document =
        """
        // comments, single quotes, names without quotes, trailing commas
        {
          metadata: { name: 'Ship {{what}}', version: "1.0.0", description: "Ship it; then rest. $(really) `quoted` && done", tags: ['x'] },
          parameters: {
            what: { type: "string", description: "What", pattern: "^[a-z]+$", max_length: 10 },
            times: { type: "integer", default: 2, min: 1, max: 3 },
          },
          variables: { label: "{{what}} x{{times}}" },
          tasks: {
            build: { title: "Build {{label}}", subtasks: {
              compile: { title: "Compile", type: 'implementation', specialist_type: "coder" },
              link: { title: "Link", dependencies: ["compile"] },
            } },
            test: { title: "Test {{what}}", dependencies: ["build"], checklist: ["a; b", "it's {{times}}"], },
          },
        }
        """;

    private ServedStore _served = null!;
    private FrameClient _client = null!;

    public async Task InitializeAsync()
    {
        _served = new ServedStore();
        _client = await _served.Connect();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _served.DisposeAsync();
    }

    [Fact]
    [ParityRow(19, "template_create", "template_create")]
    public async Task Row_19_template_create_stores_a_template_as_a_file()
    {
        var made = await Create("ship");

        Assert.Equal("stored", made["outcome"]);
        Assert.Equal(Document, await File.ReadAllTextAsync(made["file"]));
        Assert.Equal("stored", (await Create("ship"))["outcome"]);   // the same again is no conflict
        Assert.Equal(RefusalCode.TemplateExists, (await Create("ship", Document + "\n")).Error!.Value.Code);
        Assert.Equal("replaced", (await _client.Call("template_create", new { template_id = "ship", template_content = Document + "\n", overwrite = true }))["outcome"]);
    }

    [Fact]
    [ParityRow(20, "template_list", "template_list")]
    public async Task Row_20_template_list_pages_through_every_category()
    {
        await Create("a");
        await Create("b", category: "shared");
        await _client.Call("template_install_default_library", new { });

        var all = (await _client.Call("template_list", new { include_metadata = true })).Value;

        Assert.Equal(9, all["total"]!.GetValue<int>());
        Assert.Equal(["a"], (await Listed("user")));
        Assert.Equal("Ship {{what}}", all["templates"]!.AsArray().Single(t => t!["template_id"]!.GetValue<string>() == "b")!["name"]!.GetValue<string>());

        for (var i = 0; i < 101; i++)
        {
            File.Copy(Path.Combine(Folder, "user", "a.json5"), Path.Combine(Folder, "user", $"t{i:000}.json5"));
        }

        var page = (await _client.Call("template_list", new { category = "user" })).Value;
        Assert.Equal(100, page["templates"]!.AsArray().Count);
        var rest = (await _client.Call("template_list", new { category = "user", cursor = page["cursor"]!.GetValue<string>() })).Value;
        Assert.Equal(["t099", "t100"], rest["templates"]!.AsArray().Select(t => t!["template_id"]!.GetValue<string>()));
        Assert.Null(rest["cursor"]);
    }

    [Fact]
    [ParityRow(21, "template_load", "template_load")]
    public async Task Row_21_template_load_gives_the_text_in_parts_that_make_up_the_whole()
    {
        var large = "// " + string.Concat(Enumerable.Range(0, 900).Select(i => $"line {i} {new string('x', 90)}\n// ")) + "\n" + Document;
        await Create("large", large);

        var (read, line) = ("", (int?)1);
        while (line is not null)
        {
            var part = (await _client.Call("template_load", new { template_id = "large", start_line = line })).Value;
            read += part["content"]!.GetValue<string>();
            line = part["next_line"]?.GetValue<int>();
        }

        Assert.Equal(large, read);
    }

    [Fact]
    [ParityRow(22, "template_instantiate, really creating tasks with dependencies", "template_instantiate")]
    public async Task Row_22_template_instantiate_plans_nested_tasks_with_their_dependencies_as_one()
    {
        await Create("ship");

        var made = await Instantiate("ship", new { what = "boats" });

        var ids = made.Value["planned"]!.AsArray().ToDictionary(t => t!["ref"]!.GetValue<string>(), t => t!["task_id"]!.GetValue<string>());
        Assert.Equal(["build", "compile", "link", "test"], ids.Keys);
        var tasks = (await _client.Call("query_tasks", new { parent_task_id = made["task_id"], include_children = true, detail = "full" })).Value["tasks"]!
            .AsArray().ToDictionary(t => t!["task_id"]!.GetValue<string>(), t => t!);
        Assert.Equal(4, tasks.Count);
        Assert.Equal("Build boats x2", Text(tasks[ids["build"]], "title"));
        Assert.Equal(ids["build"], Text(tasks[ids["link"]], "parent_task_id"));
        Assert.Equal(ids["compile"], Text(tasks[ids["link"]]["dependencies"]![0]!, "task_id"));
        Assert.Equal(ids["build"], Text(tasks[ids["test"]]["dependencies"]![0]!, "task_id"));
        Assert.Contains("- [ ] it's 2", Text(tasks[ids["test"]], "description"), StringComparison.Ordinal);
        Assert.Equal(ids["compile"], (await _client.Call("execute_task", new { }))["task_id"]);
    }

    [Fact]
    public async Task Row_22_template_instantiate_without_create_tasks_creates_nothing()
    {
        await Create("ship");

        var preview = (await _client.Call("template_instantiate", new { template_id = "ship", parameters = new { what = "boats" } })).Value;

        Assert.False(preview["created"]!.GetValue<bool>());
        Assert.Equal(4, preview["planned"]!.AsArray().Count);
        Assert.Equal(0, (await _client.Call("get_status", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Row_22_a_repeated_instantiation_meets_its_own_tasks_even_when_the_template_is_gone()
    {
        await Create("ship");
        var first = await Instantiate("ship", new { what = "boats" });
        await _client.Call("template_delete", new { template_id = "ship" });

        var again = await Instantiate("ship", new { what = "boats" }, first.Sequence);

        Assert.Equal(first.Value.ToJsonString(), again.Value.ToJsonString());
        Assert.Equal(5, (await _client.Call("get_status", new { })).Value["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{}""", "'what' is missing")]
    [InlineData("""{"what":"BOATS"}""", "does not match the pattern")]
    [InlineData("""{"what":"abcdefghijk"}""", "has a length of 11")]
    [InlineData("""{"what":5}""", "must be of type string")]
    [InlineData("""{"what":"boats","times":9}""", "allowed is 1 to 3")]
    [InlineData("""{"what":"boats","times":1.5}""", "must be of type integer")]
    public async Task Row_22_wrong_parameters_are_named_and_nothing_is_created(string parameters, string message)
    {
        await Create("ship");

        var refused = await Instantiate("ship", JsonNode.Parse(parameters)!);

        Assert.Equal(RefusalCode.ValidationFailed, refused.Error!.Value.Code);
        Assert.Contains(message, refused.Error!.Value.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await _client.Call("get_status", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    [ParityRow(23, "template_validate", "template_validate")]
    public async Task Row_23_template_validate_names_line_and_column_and_accepts_prose()
    {
        Assert.True((await Validate(Document))["valid"]!.GetValue<bool>());

        var verdict = await Validate("{\n  metadata: { name: \"n\", version: \"1\", description: \"d\" },\n  tasks: { a: { title: \"{{nobody}}\" },, },\n}");
        Assert.Equal((3, 39), (verdict["problems"]![0]!["line"]!.GetValue<int>(), verdict["problems"]![0]!["column"]!.GetValue<int>()));

        verdict = await Validate("{\n  metadata: { name: \"n\", version: \"1\", description: \"d\" },\n  tasks: { a: { title: \"{{nobody}}\", dependencies: [\"z\"] } },\n}");
        Assert.Equal([(3, 24), (3, 53)], verdict["problems"]!.AsArray().Select(p => (p!["line"]!.GetValue<int>(), p["column"]!.GetValue<int>())));
    }

    [Fact]
    [ParityRow(24, "template_delete", "template_delete")]
    public async Task Row_24_template_delete_keeps_builtin_ones_and_is_repeatable()
    {
        await Create("ship");
        await _client.Call("template_install_default_library", new { category = "research" });

        var gone = await _client.Call("template_delete", new { template_id = "ship", category = "user" });
        Assert.True(gone.Value["deleted"]!.GetValue<bool>());
        Assert.Equal(gone.Value.ToJsonString(), (await _client.Call("template_delete", new { template_id = "ship", category = "user" }, gone.Sequence)).Value.ToJsonString());
        Assert.Equal(RefusalCode.TemplateNotFound, (await _client.Call("template_delete", new { template_id = "ship" })).Error!.Value.Code);
        Assert.Equal(
            RefusalCode.ValidationFailed,
            (await _client.Call("template_delete", new { template_id = "market_research_analysis", category = "builtin" })).Error!.Value.Code);
        Assert.Single(await Listed("builtin"));
    }

    [Fact]
    [ParityRow(25, "template_info", "template_info")]
    public async Task Row_25_template_info_tells_parameters_and_tasks()
    {
        await Create("ship");

        var info = (await _client.Call("template_info", new { template_id = "ship" })).Value;

        Assert.Equal(["what", "times"], info["parameters"]!.AsArray().Select(p => Text(p!, "name")));
        Assert.Equal("^[a-z]+$", Text(info["parameters"]![0]!, "pattern"));
        Assert.Equal(2, info["parameters"]![1]!["default"]!.GetValue<int>());
        Assert.Equal("build", Text(info["tasks"]![1]!, "below"));
    }

    [Fact]
    [ParityRow(26, "template_install_examples", "template_install_examples")]
    public async Task Row_26_template_install_examples_installs_five_that_all_work()
    {
        Assert.Equal(5, (await _client.Call("template_install_examples", new { })).Value["installed"]!.AsArray().Count);

        Assert.Equal(5, (await Listed("shared")).Count);
        var made = await Instantiate("market_research", new { subject = "boats" });
        Assert.Equal(["sources", "findings", "size", "competitors"], made.Value["planned"]!.AsArray().Select(t => Text(t!, "ref")));
    }

    [Fact]
    [ParityRow(27, "template_install_default_library", "template_install_default_library")]
    public async Task Row_27_template_install_default_library_installs_seven_and_replaces_only_when_told()
    {
        Assert.Equal(7, (await _client.Call("template_install_default_library", new { })).Value["installed"]!.AsArray().Count);
        var file = Path.Combine(Folder, "builtin", "content_creation_workflow.json5");
        await File.WriteAllTextAsync(file, Document);

        var again = (await _client.Call("template_install_default_library", new { })).Value;
        Assert.Equal(("content_creation_workflow", 6), (again["kept"]![0]!.GetValue<string>(), again["unchanged"]!.AsArray().Count));
        var replaced = (await _client.Call("template_install_default_library", new { category = "creative", overwrite = true })).Value;
        Assert.Equal(["content_creation_workflow"], replaced["replaced"]!.AsArray().Select(t => t!.GetValue<string>()));
        Assert.NotEqual(Document, await File.ReadAllTextAsync(file));
    }

    [Fact]
    [ParityRow(28, "template_get_installation_status", "template_get_installation_status")]
    public async Task Row_28_template_get_installation_status_counts_and_names_what_is_missing_or_changed()
    {
        await _client.Call("template_install_default_library", new { category = "research" });
        await File.AppendAllTextAsync(Path.Combine(Folder, "builtin", "market_research_analysis.json5"), "// mine\n");

        var status = (await _client.Call("template_get_installation_status", new { })).Value;

        Assert.Equal((1, 7), (status["library"]!["installed"]!.GetValue<int>(), status["library"]!["available"]!.GetValue<int>()));
        Assert.Equal("market_research_analysis", status["library"]!["changed"]![0]!.GetValue<string>());
        Assert.Equal(5, status["examples"]!["missing"]!.AsArray().Count);
    }

    [Fact]
    [ParityRow(29, "template_validate_all", "template_validate_all")]
    public async Task Row_29_template_validate_all_finds_the_broken_one_among_all_that_come_with_the_program()
    {
        await _client.Call("template_install_default_library", new { });
        await _client.Call("template_install_examples", new { });
        await Create("ship");
        Assert.Equal((13, 0), await Verdict());

        await File.WriteAllTextAsync(Path.Combine(Folder, "user", "ship.json5"), "{ metadata: }");
        Assert.Equal((12, 1), await Verdict());

        async Task<(int, int)> Verdict()
        {
            var all = (await _client.Call("template_validate_all", new { })).Value;
            return (all["valid"]!.GetValue<int>(), all["invalid"]!.GetValue<int>());
        }
    }

    [Fact]
    [ParityRow(30, "template_uninstall", "template_uninstall")]
    public async Task Row_30_template_uninstall_removes_an_installed_template()
    {
        await _client.Call("template_install_examples", new { });

        await _client.Call("template_uninstall", new { template_id = "research_base", category = "shared" });

        Assert.DoesNotContain("research_base", await Listed("shared"));
        Assert.Equal(RefusalCode.TemplateInvalid, (await Instantiate("market_research", new { subject = "boats" })).Error!.Value.Code);
    }

    [Fact]
    [ParityRow(31, "template inheritance, parameters, security", "template_instantiate", "template_create")]
    public async Task Row_31_templates_that_extend_each_other_are_refused()
    {
        const string Extending = "{ metadata: { name: 'n', version: '1', description: 'd', extends: '{0}' }, tasks: { a: { title: 't' } } }";
        Directory.CreateDirectory(Path.Combine(Folder, "user"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "user", "one.json5"), Extending.Replace("{0}", "two", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(Folder, "user", "two.json5"), Extending.Replace("{0}", "one", StringComparison.Ordinal));

        var refused = (await Instantiate("one", new { })).Error!.Value;

        Assert.Equal(RefusalCode.TemplateInvalid, refused.Code);
        Assert.Contains("one extends two extends one", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a\\b")]
    [InlineData("a.json5")]
    [InlineData("-a")]
    public async Task Row_31_an_id_never_leaves_its_directory(string id)
    {
        Assert.Equal(RefusalCode.ValidationFailed, (await Create(id)).Error!.Value.Code);
        Assert.Equal(RefusalCode.ValidationFailed, (await _client.Call("template_load", new { template_id = id })).Error!.Value.Code);
    }

    [Fact]
    public async Task Row_31_a_link_to_a_file_elsewhere_is_no_template()
    {
        var secret = Path.Combine(_served.Folder, "secret");
        await File.WriteAllTextAsync(secret, "secret");
        Directory.CreateDirectory(Path.Combine(Folder, "user"));
        File.CreateSymbolicLink(Path.Combine(Folder, "user", "link.json5"), secret);

        Assert.Equal(RefusalCode.TemplateNotFound, (await _client.Call("template_load", new { template_id = "link" })).Error!.Value.Code);
        Assert.Empty(await Listed("user"));
    }

    [Fact]
    public async Task Row_31_a_pattern_that_would_run_for_ages_is_stopped()
    {
        await Create("slow", "{ metadata: { name: 'n', version: '1', description: 'd {{p}}' }, parameters: { p: { pattern: '^(?=a)(a+)+$' } }, tasks: { a: { title: 't' } } }");

        var refused = (await Instantiate("slow", new { p = new string('a', 5_000) + "!" })).Error!.Value;

        Assert.Contains("takes longer than", refused.Message, StringComparison.Ordinal);
    }

    private string Folder => Path.Combine(_served.Location.Path, "templates");

    private Task<ToolResult> Create(string id, string content = Document, string category = "user") =>
        _client.Call("template_create", new { template_id = id, template_content = content, category });

    private Task<ToolResult> Instantiate(string id, object parameters, long? sequence = null) =>
        _client.Call("template_instantiate", new { template_id = id, parameters, create_tasks = true }, sequence);

    private async Task<JsonObject> Validate(string content) => (await _client.Call("template_validate", new { template_content = content })).Value;

    private async Task<List<string>> Listed(string category) =>
        [.. (await _client.Call("template_list", new { category })).Value["templates"]!.AsArray().Select(t => Text(t!, "template_id"))];

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
