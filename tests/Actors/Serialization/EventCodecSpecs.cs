using System.Text;
using System.Text.Json;
using Orchestrator.Actors.Serialization;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Serialization;

/// <summary>What is stored once must be readable for ever: names and shapes are pinned.</summary>
public sealed class EventCodecSpecs
{
    /// <summary>The name of every example.</summary>
    public static TheoryData<string> Names => [.. StoredEvents.All.Select(e => EventCodec.Name(e.Event)).Distinct()];

    [Fact]
    public void Every_event_has_a_name_and_no_name_is_used_twice()
    {
        var events = typeof(IStoredEvent).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(IStoredEvent)) && !t.IsInterface).ToList();

        Assert.Equal(events.OrderBy(t => t.FullName), EventManifest.Names.Keys.OrderBy(t => t.FullName));
        Assert.Equal(EventManifest.Names.Count, EventManifest.Names.Values.Distinct().Count());
        Assert.All(EventManifest.Names.Values, name => Assert.Matches("^[a-z-]+/[1-9][0-9]*$", name));
    }

    [Fact]
    public void There_is_an_example_of_every_event() => Assert.Equal(
        EventManifest.Names.Keys.OrderBy(t => t.FullName), StoredEvents.All.Select(e => e.Event.GetType()).Distinct().OrderBy(t => t.FullName));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_stored_form_never_changes(string name) => Assert.All(
        StoredEvents.All.Where(e => EventCodec.Name(e.Event) == name), e => Assert.Equal(e.Json, Encoding.UTF8.GetString(EventCodec.Write(e.Event))));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_stored_is_read_back_whole(string name) => Assert.All(
        StoredEvents.All.Where(e => EventCodec.Name(e.Event) == name),
        e => Assert.Equivalent(e.Event, EventCodec.Read(name, Encoding.UTF8.GetBytes(e.Json)), strict: true));

    [Fact]
    public void An_unknown_name_is_not_passed_over()
    {
        var error = Assert.Throws<NotSupportedException>(() => EventCodec.Read("task-planned/99", "{}"u8));

        Assert.Contains("task-planned/99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_without_a_name_cannot_be_stored() => Assert.Throws<NotSupportedException>(() => EventCodec.Write(new object()));

    [Fact]
    public void An_unknown_member_is_not_passed_over()
    {
        var (e, json) = StoredEvents.All.First(x => x.Event is TaskEvents.Noted);

        Assert.Throws<JsonException>(() => EventCodec.Read(EventCodec.Name(e), Encoding.UTF8.GetBytes(json[..^1] + ",\"mood\":\"good\"}")));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{\"task_id\":\"task_a\"")]
    [InlineData("{\"task_id\":null}")]
    [InlineData("{\"command_id\":\"nonsense\"}")]
    [InlineData("{\"from\":\"sleeping\"}")]
    [InlineData("{\"from\":1}")]
    public void Damage_is_not_passed_over(string json)
    {
        var error = Record.Exception(() => EventCodec.Read("task-status-changed/1", Encoding.UTF8.GetBytes(json)));

        Assert.True(error is JsonException or FormatException, $"{error}");
    }
}
