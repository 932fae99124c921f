using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Actors.Serialization;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Serialization;

/// <summary>A stored shape of a former version is lifted, version by version, when it is read.</summary>
public sealed class UpcastSpecs
{
    private static readonly byte[] Old = Encoding.UTF8.GetBytes(
        """{"task_id":"task_a","command_id":"0123456789abcdef0123456789abcdef:7","who":"w","at":"2026-03-01T12:30:00+00:00","note":"text"}""");

    private static readonly Upcasts Steps = new(
        new Upcast("task-noted/-1", "task-noted/0", o => Rename(o, "who", "by")),
        new Upcast("task-noted/0", "task-noted/1", o => Rename(o, "note", "text")));

    [Fact]
    public void A_shape_two_versions_old_is_read_as_todays()
    {
        var noted = Assert.IsType<TaskEvents.Noted>(EventCodec.Read("task-noted/-1", Old, Steps));

        Assert.Equal(("w", "text"), (noted.By, noted.Text));
        Assert.Equal("task-noted/1", EventCodec.Name(noted));
    }

    [Fact]
    public void What_is_todays_passes_as_it_is()
    {
        var json = StoredEvents.All.First(e => e.Event is TaskEvents.Noted).Json;

        Assert.False(Steps.IsOld("task-noted/1"));
        Assert.IsType<TaskEvents.Noted>(EventCodec.Read("task-noted/1", Encoding.UTF8.GetBytes(json), Steps));
    }

    [Fact]
    public void A_name_that_leads_nowhere_is_not_passed_over() =>
        Assert.Throws<NotSupportedException>(() => EventCodec.Read(
            "task-noted/0", Old, new Upcasts(new Upcast("task-noted/0", "task-noted/none", _ => { }))));

    [Fact]
    public void A_shape_that_the_lift_does_not_make_whole_is_not_passed_over() =>
        Assert.Throws<JsonException>(() => EventCodec.Read("task-noted/0", Old, Steps));

    [Fact]
    public void What_is_no_object_is_not_passed_over() =>
        Assert.Throws<JsonException>(() => EventCodec.Read("task-noted/0", "[1]"u8, Steps));

    [Fact]
    public void Steps_may_not_lead_in_a_circle_nor_begin_twice_at_the_same_name()
    {
        Assert.Throws<ArgumentException>(() => new Upcasts(new Upcast("a", "b", _ => { }), new Upcast("b", "a", _ => { })));
        Assert.Throws<ArgumentException>(() => new Upcasts(new Upcast("a", "b", _ => { }), new Upcast("a", "c", _ => { })));
    }

    private static void Rename(JsonObject shape, string from, string to)
    {
        if (shape.Remove(from, out var value))
        {
            shape[to] = value;
        }
    }
}
