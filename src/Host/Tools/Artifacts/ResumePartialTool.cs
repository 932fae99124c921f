using System.Text;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>Says where an interrupted work product ends, after every byte of it was checked.</summary>
internal sealed class ResumePartialTool(Gate gate, ILogger log) : OrchestratorTool<ResumePartialTool.Input>(
    gate, log, "orchestrator_resume_partial_artifact", "Where an unfinished artifact ends.", Reads,
    """{"type":"object","properties":{"task_id":{"type":"string"},"artifact_id":{"type":"string"}},"required":["task_id","artifact_id"]}""")
{
    private const int Tail = 2_000;

    protected override Input Bind(ToolArguments arguments) => new(arguments.RequiredTask("task_id"), Partials.Id(arguments));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        using var last = new LastBytes(Tail * 4);
        var found = Partials.Of(call.Storage.Partials.Read(input.Artifact, last), input.Artifact, input.TaskId);
        var text = last.Text;
        return Task.FromResult(Answer(
            $"{input.Artifact} has {found.Standing.Bytes} bytes in {found.Standing.Pieces} pieces; go on behind the tail.",
            PartialView.Of(found, text.Length <= Tail ? text : text[^Tail..]), PartialJson.Default.PartialView));
    }

    internal sealed record Input(Protocol.TaskId TaskId, ArtifactId Artifact);

    /// <summary>Keeps the end of what is written to it.</summary>
    private sealed class LastBytes(int most) : MemoryStream
    {
        /// <summary>The end as text; a character that is cut in half at its beginning is left out.</summary>
        public string Text
        {
            get
            {
                var bytes = ToArray().AsSpan();
                var start = Math.Max(0, bytes.Length - most);
                while (start > 0 && start < bytes.Length && (bytes[start] & 0xC0) == 0x80)
                {
                    start++;
                }

                return Encoding.UTF8.GetString(bytes[start..]);
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length > most * 2L)
            {
                var end = ToArray()[^most..];
                SetLength(0);
                base.Write(end);
            }

            base.Write(buffer.Length > most ? buffer[^most..] : buffer);
        }
    }
}
