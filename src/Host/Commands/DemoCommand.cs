using System.CommandLine;

namespace Orchestrator.Host.Commands;

internal static class DemoCommand
{
    public static Command Create()
    {
        var demo = new Command("demo", "Show the main job on a temporary workspace, and verify what is shown.");
        return demo;
    }
}
