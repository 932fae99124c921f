using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>A tool about the server itself.</summary>
internal abstract class ServerTool<TArguments>(
    Gate gate, RestartDriver? restarts, ILogger log, string name, string description, ToolAnnotations annotations, string schema)
    : OrchestratorTool<TArguments>(gate, log, name, description, annotations, schema)
{
    /// <summary>The server that is asked. None where only the list of tools is told, as when it is recorded.</summary>
    protected RestartDriver Restarts => restarts ?? throw new RefusedException(new Refusal(
        RefusalCode.RestartNotPossible, "There is no server process here that could be asked.", "Start one: any client does."));
}
