using System.Text;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Protocol;

namespace Orchestrator.Actors.Tests.Artifacts;

public sealed class PartialArtifactSpecs : IDisposable
{
    private static readonly ArtifactId Id = new("art_0123456789abc");
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PartialHeader Header = new("task_1", "code", "complete", "s", ["a.cs"], "clm_1", "w");
    private static readonly CommandId[] Keys = [Given.NewCommand(), Given.NewCommand(), Given.NewCommand()];
    private static readonly string[] Pieces = ["first ", "zweite ü ", "third"];

    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;

    private string File => Path.Combine(_folder, $"{Id}.part");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_crash_after_any_byte_loses_nothing_that_was_acknowledged_and_the_next_call_goes_on()
    {
        var lengths = Write(new PartialArtifactStore(_folder));
        var whole = System.IO.File.ReadAllBytes(File);
        Assert.Equal(whole.Length, lengths[^1]);
        for (var cut = 0; cut < whole.Length; cut++)
        {
            System.IO.File.WriteAllBytes(File, whole[..cut]);
            var store = new PartialArtifactStore(_folder);   // another process
            var acknowledged = lengths.Count(l => l <= cut);
            Assert.Equal(string.Concat(Pieces.Take(acknowledged)), Content(store));

            Write(store);   // the client asks again for everything

            Assert.Equal(string.Concat(Pieces), Content(new PartialArtifactStore(_folder)));
        }
    }

    [Fact]
    public void A_byte_that_changed_in_the_middle_is_found_and_nothing_is_added_to_it()
    {
        var lengths = Write(new PartialArtifactStore(_folder));
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[lengths[0] + 45] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);

        var store = new PartialArtifactStore(_folder);

        Assert.Throws<ArtifactDamagedException>(() => store.Read(Id));
        Assert.Throws<ArtifactDamagedException>(() => store.Append(Id, Given.NewCommand(), "x"u8, At));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void How_far_it_has_come_is_known_without_reading_it_again_and_to_a_new_process_after_reading_it()
    {
        var store = new PartialArtifactStore(_folder);
        Write(store);
        var standing = store.Read(Id)!.Standing;
        var bytes = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);

        Assert.Equal(standing, store.Known(Id)!.Standing);
        Assert.Equal(Pieces.Length - 1, new PartialArtifactStore(_folder).Known(Id)!.Standing.Pieces);
        Assert.Null(store.Known(new ArtifactId("art_0000000000000")));
    }

    [Fact]
    public void A_piece_that_belongs_elsewhere_is_not_added()
    {
        var store = new PartialArtifactStore(_folder);
        Write(store);

        var (standing, fits) = store.Append(Id, Given.NewCommand(), "x"u8, At, offset: 3)!.Value;

        Assert.False(fits);
        Assert.Equal(Encoding.UTF8.GetByteCount(string.Concat(Pieces)), standing.Bytes);
        Assert.Equal(string.Concat(Pieces), Content(store));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("art_0123456789abc/x")]
    [InlineData("art_0123456789ABC")]
    [InlineData("art_0123456789abc\n")]
    public void An_id_that_is_none_never_becomes_a_path(string id) =>
        Assert.Throws<ArgumentException>(() => new PartialArtifactStore(_folder).Read(new ArtifactId(id)));

    /// <summary>Sends all pieces; returns how long the file is after each.</summary>
    private List<int> Write(PartialArtifactStore store)
    {
        store.Begin(Id, Header, Keys[0], Encoding.UTF8.GetBytes(Pieces[0]), At);
        var lengths = new List<int> { (int)new FileInfo(File).Length };
        foreach (var i in new[] { 1, 2 })
        {
            store.Append(Id, Keys[i], Encoding.UTF8.GetBytes(Pieces[i]), At);
            lengths.Add((int)new FileInfo(File).Length);
        }

        return lengths;
    }

    private static string Content(PartialArtifactStore store)
    {
        using var content = new MemoryStream();
        _ = store.Read(Id, content);
        return Encoding.UTF8.GetString(content.ToArray());
    }
}
