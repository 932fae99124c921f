using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Orchestrator.Host.Commands;

/// <summary>What a verb says: a table on a terminal, plain lines elsewhere, one JSON object when asked for it.</summary>
/// <param name="isJson">With <c>--json</c>.</param>
internal sealed class Output(bool isJson)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a program reads.</summary>
    public bool IsJson => isJson;

    /// <summary>Whether a person reads.</summary>
    public bool IsTerminal => !isJson && !Console.IsOutputRedirected;

    /// <summary>The one object of a verb, on one line. <paramref name="schema"/> names its shape and the version of that shape.</summary>
    public static void Json(string schema, JsonObject body)
    {
        body.Insert(0, "schema", schema);
        Console.Out.WriteLine(body.ToJsonString(Readable));
    }

    /// <summary>A line for people; nothing with <c>--json</c>.</summary>
    public void Line(string text = "")
    {
        if (!isJson)
        {
            Console.Out.WriteLine(text);
        }
    }

    /// <summary>A table for people; elsewhere than on a terminal one line a row, cells parted by tabs.</summary>
    public void Table(string[] headers, IEnumerable<string[]> rows)
    {
        if (isJson)
        {
            return;
        }

        if (!IsTerminal)
        {
            foreach (var row in rows)
            {
                Console.Out.WriteLine(string.Join('\t', row.Select(OneLine)));
            }

            return;
        }

        Show(headers, rows);
    }

    // Apart from the rest, so that what draws tables is loaded only where a table is drawn.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Show(string[] headers, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(header)}[/]"));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(c => (Spectre.Console.Rendering.IRenderable)new Text(OneLine(c))).ToArray());
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Why it was not done, and what to do.</summary>
    public void Error(string code, string message, string nextStep)
    {
        if (isJson)
        {
            Json("error/1", new JsonObject { ["code"] = code, ["message"] = message, ["next_step"] = nextStep });
        }
        else
        {
            Console.Error.WriteLine($"orchestrator: {message} {nextStep} [{code}]");
        }
    }

    // What others wrote must not move the cursor.
    private static string OneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
