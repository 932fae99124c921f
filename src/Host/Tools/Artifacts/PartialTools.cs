using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>The tools for work products that come in pieces.</summary>
internal static class PartialTools
{
    public static IReadOnlyList<McpServerTool> All(Gate gate, ILogger log) =>
    [
        new BeginPartialTool(gate, log), new ResumePartialTool(gate, log), new ContinuePartialTool(gate, log), new ListPartialsTool(gate, log),
        new CleanupPartialsTool(gate, log),
    ];
}
