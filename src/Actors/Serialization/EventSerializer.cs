using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;
using Orchestrator.Actors.Restarts;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;

namespace Orchestrator.Actors.Serialization;

/// <summary>The one serializer of the journal: <see cref="EventCodec"/> as Akka wants to see it.</summary>
public sealed class EventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    /// <remarks>Stored with every journal row, so it never changes.</remarks>
    public override int Identifier => 8100;

    /// <inheritdoc/>
    public override string Manifest(object o) => EventCodec.Name(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => EventCodec.Write(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => EventCodec.Read(manifest, bytes);
}

/// <summary>Wiring of <see cref="EventSerializer"/>.</summary>
public static class EventSerializerExtensions
{
    /// <summary>Binds all that is stored to <see cref="EventSerializer"/>.</summary>
    public static AkkaConfigurationBuilder WithEventSerializer(this AkkaConfigurationBuilder akka) =>
        akka.WithCustomSerializer(
            "orchestrator-events", [typeof(IStoredEvent), typeof(TaskSnapshot), typeof(RestartSnapshot)], system => new EventSerializer(system));
}
