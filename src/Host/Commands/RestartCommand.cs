using System.CommandLine;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator restart</c></summary>
internal static class RestartCommand
{
    private const string Server = "server";

    public static Command Create(Func<ParseResult, DataDirectory> locate)
    {
        var reason = new Option<string>("--reason") { Description = "Why; it is kept in the history.", DefaultValueFactory = _ => RestartReasons.ManualRequest };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for calls in flight (10 to 300).", DefaultValueFactory = _ => 30 };
        var now = new Option<bool>("--now") { Description = "Do not wait for calls in flight; they are sent again." };
        var release = new Option<bool>("--release-claims") { Description = "Release all claims; no task is lost." };
        var scope = new Option<string>("--scope")
        {
            Description = "What: the server's process, or in that process the projections (the read model) or the connections of all clients.",
            DefaultValueFactory = _ => Server,
        };
        scope.AcceptOnlyFromAmong(Server, "projections", "connections");
        var command = new Command("restart", "Replace the running server by a new process under its clients.") { reason, timeout, now, release, scope };
        command.SetAction((parsed, cancellation) => ServerCall.Restart(
            locate(parsed), null,
            parsed.GetValue(scope) is { } part and not Server
                ? new() { ["scope"] = part, ["reason"] = parsed.GetValue(reason) }
                : new()
                {
                    ["reason"] = parsed.GetValue(reason),
                    ["timeout"] = parsed.GetValue(timeout),
                    ["graceful"] = !parsed.GetValue(now),
                    ["preserve_state"] = !parsed.GetValue(release),
                },
            cancellation));
        return command;
    }
}
