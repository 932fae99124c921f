using System.Security.Cryptography;
using System.Text;
using Orchestrator.Actors.Artifacts;

namespace Orchestrator.Actors.Tests.Artifacts;

public sealed class ArtifactStoreSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;

    private ArtifactStore Store => new(Path.Combine(_folder, "not", "yet", "there"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("ünï©ødé 🙂\r\n")]
    public void What_is_saved_is_read_back(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);

        var hash = Store.Save(content);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), hash);
        Assert.Equal(text, Store.ReadText(hash));
        Assert.Equal(content, Store.ReadBytes(hash));
    }

    [Fact]
    public void Fifty_megabytes_are_no_problem()
    {
        var content = new byte[50 * 1024 * 1024];
        new Random(1).NextBytes(content);

        Assert.Equal(content, Store.ReadBytes(Store.Save(content)));
    }

    [Fact]
    public void The_same_content_is_one_file()
    {
        Store.Save("text"u8);
        var hash = Store.Save("text"u8);

        Assert.Equal(hash, Path.GetFileName(Assert.Single(Files())));
    }

    [Fact]
    public async Task Many_who_save_the_same_at_once_leave_one_whole_file()
    {
        var content = new byte[100_000];

        var hashes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Store.Save(content))));

        Assert.Equal(content, Store.ReadBytes(Assert.Single(hashes.Distinct())));
        Assert.Single(Files());
    }

    [Theory]
    [InlineData("txet")]
    [InlineData("tex")]
    [InlineData("")]
    public void A_file_that_is_no_longer_what_was_stored_is_not_handed_out_and_is_made_good_by_saving_again(string damaged)
    {
        var hash = Store.Save("text"u8);
        File.WriteAllText(Assert.Single(Files()), damaged);
        Assert.Contains(hash, Assert.Throws<ArtifactDamagedException>(() => Store.ReadBytes(hash)).Message, StringComparison.Ordinal);

        Store.Save("text"u8);

        Assert.Equal("text", Store.ReadText(hash));
    }

    [Fact]
    public void A_missing_file_says_which_one()
    {
        var hash = new string('a', 64);

        Assert.Contains(hash, Assert.Throws<ArtifactDamagedException>(() => Store.ReadText(hash)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_in_its_place_is_damage_too()
    {
        var hash = Store.Save("text"u8);
        var path = Assert.Single(Files());
        File.Delete(path);
        Directory.CreateDirectory(path);

        Assert.Throws<ArtifactDamagedException>(() => Store.ReadText(hash));
    }

    [Fact]
    public void What_a_crash_left_half_written_is_in_nobody_s_way()
    {
        var hash = Store.Save("text"u8);
        var path = Assert.Single(Files());
        File.Move(path, $"{path}.{Guid.NewGuid():N}.tmp");
        File.WriteAllText($"{path}.{Guid.NewGuid():N}.tmp", "te");

        Store.Save("text"u8);

        Assert.Equal("text", Store.ReadText(hash));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_an_error_and_leaves_nothing()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");

        Assert.ThrowsAny<IOException>(() => new ArtifactStore(Path.Combine(_folder, "file")).Save("text"u8));
        Assert.Single(Files());
    }

    private string[] Files() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);
}
