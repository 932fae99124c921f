using Orchestrator.Benchmarks;

if (args is [StatusBenchmark.Nothing])
{
    return 0;   // the floor of every .NET program: it starts and ends
}

// Absolute times depend on the machine and its neighbours: every table holds a floor that was measured in the same run, and ratios to it.
var benchmarks = new Dictionary<string, Func<Task>>
{
    ["tasks"] = TasksBenchmark.Run,
    ["questions"] = QuestionsBenchmark.Run,
    ["writes"] = WritesBenchmark.Run,
    ["startup"] = StartupBenchmark.Run,
    ["status"] = StatusBenchmark.Run,
    ["front"] = FrontBenchmark.Run,
    ["fronts"] = ThousandFrontsBenchmark.Run,
    ["memory"] = MemoryBenchmark.Run,
    ["idle"] = IdleBenchmark.Run,
    ["schema"] = SchemaBenchmark.Run,
};
var asked = args is [] or ["all"] ? [.. benchmarks.Keys] : args;
if (asked.FirstOrDefault(a => !benchmarks.ContainsKey(a)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}': {string.Join(", ", benchmarks.Keys)} or all.");
    return 2;
}

foreach (var name in asked)
{
    await benchmarks[name]();
}

return 0;
