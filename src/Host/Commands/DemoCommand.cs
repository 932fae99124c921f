using System.CommandLine;
using Orchestrator.Host.Demo;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator demo</c></summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var demo = new Command("demo", "Show the main job in a temporary workspace, and verify what is shown.");
        demo.SetAction((_, cancellation) => Demonstration.Run(cancellation));
        return demo;
    }
}
