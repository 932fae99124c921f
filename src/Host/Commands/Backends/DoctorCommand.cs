using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Commands.Clients;
using Orchestrator.Host.Diagnosis;

namespace Orchestrator.Host.Commands.Backends;

/// <summary><c>orchestrator doctor</c></summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Every = new("--all") { Description = "Show also what is well." };

    public static Command Create() =>
        Verb.Create("doctor", "Look for everything that can be wrong, and say what to do about it. Changes nothing.", Run, Every);

    private static async Task<int> Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        var patient = await Patient.At(RootCommands.Location(parsed), TimeProvider.System, cancellation);
        var findings = Checks.All.SelectMany(c => c.Run(patient)).ToList();
        var bad = findings.Where(f => f.Verdict != Verdict.Well).OrderByDescending(f => f.Verdict).ToList();
        foreach (var finding in parsed.GetValue(Every) ? bad.Concat(findings.Where(f => f.Verdict == Verdict.Well)) : bad)
        {
            output.Line($"{ClientReport.Name(finding.Verdict)}\t{finding.Check}\t{finding.Message}");
            if (finding.Remedy is { Length: > 0 } remedy)
            {
                output.Line($"\tremedy: {remedy}");
            }
        }

        var faults = bad.Count(f => f.Verdict == Verdict.Fault);
        output.Line($"{Checks.All.Count} checks: {faults} faults, {bad.Count - faults} warnings.");
        if (output.IsJson)
        {
            Output.Json("doctor/1", new JsonObject
            {
                ["data_directory"] = patient.Location.Path,
                ["faults"] = faults,
                ["warnings"] = bad.Count - faults,
                ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)new JsonObject
                {
                    ["check"] = f.Check, ["verdict"] = ClientReport.Name(f.Verdict), ["message"] = f.Message, ["remedy"] = f.Remedy,
                })]),
            });
        }

        return faults > 0 ? ExitCode.Unhealthy : ExitCode.Done;
    }
}
