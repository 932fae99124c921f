using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;
using Orchestrator.Protocol;

namespace Orchestrator.Actors.Serialization;

/// <summary>The one serializer of the journal: <see cref="EventCodec"/> as Akka wants to see it.</summary>
public sealed class EventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    /// <remarks>Stored with every journal row, so it never changes.</remarks>
    public override int Identifier => 8100;

    /// <inheritdoc/>
    public override string Manifest(object o) => EventCodec.Name((IStoredEvent)o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => EventCodec.Write((IStoredEvent)obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => EventCodec.Read(manifest, bytes);
}

/// <summary>Wiring of <see cref="EventSerializer"/>.</summary>
public static class EventSerializerExtensions
{
    /// <summary>Binds all stored events to <see cref="EventSerializer"/>.</summary>
    public static AkkaConfigurationBuilder WithEventSerializer(this AkkaConfigurationBuilder akka) =>
        akka.WithCustomSerializer("orchestrator-events", [typeof(IStoredEvent)], system => new EventSerializer(system));
}
