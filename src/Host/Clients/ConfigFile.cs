using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Host.Clients;

/// <summary>A client's configuration on disk. It is replaced whole or not at all, and a link to it stays a link.</summary>
internal sealed class ConfigFile
{
    private const int LargestFile = 64 * 1024 * 1024;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[]? _bytes;
    private readonly bool _mark;

    private ConfigFile(string path, byte[]? bytes, string text, bool mark) => (Path, _bytes, Text, _mark) = (path, bytes, text, mark);

    /// <summary>The file itself, behind every link.</summary>
    public string Path { get; }

    /// <summary>What it holds; empty when there is none.</summary>
    public string Text { get; }

    /// <summary>Whether it is there.</summary>
    public bool Exists => _bytes is not null;

    /// <summary>The exact bytes; null when there is no file.</summary>
    public byte[]? Bytes => _bytes;

    /// <summary>Reads the file that this path leads to.</summary>
    /// <exception cref="ConfigRefusedException">It cannot be read as text.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            var target = Target(path);
            if (Directory.Exists(target))
            {
                throw new ConfigRefusedException("It is a directory.", "Move it away, then repeat the command.");
            }

            if (!File.Exists(target))
            {
                return new ConfigFile(target, null, "", false);
            }

            if (new FileInfo(target).Length > LargestFile)
            {
                throw new ConfigRefusedException("It is larger than 64 MB, which no configuration is.", "Look at what it is.");
            }

            var bytes = File.ReadAllBytes(target);
            var mark = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble);
            return new ConfigFile(target, bytes, Strict.GetString(bytes, mark ? 3 : 0, bytes.Length - (mark ? 3 : 0)), mark);
        }
        catch (DecoderFallbackException)
        {
            throw new ConfigRefusedException("It is not UTF-8 text.", "Save it as UTF-8, then repeat the command.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigRefusedException($"It cannot be read: {e.Message}", "Check its permissions.");
        }
    }

    /// <summary>The bytes that this text would be in this file.</summary>
    public byte[] Encode(string text) => _mark ? [.. Encoding.UTF8.Preamble, .. Strict.GetBytes(text)] : Strict.GetBytes(text);

    /// <summary>Replaces the file at once, with its mode, unless somebody has changed it since it was read.</summary>
    /// <returns>False when somebody has.</returns>
    /// <exception cref="ConfigRefusedException">It may not be written.</exception>
    public bool TryReplace(byte[] bytes)
    {
        if (Exists && File.GetAttributes(Path).HasFlag(FileAttributes.ReadOnly))
        {
            throw new ConfigRefusedException("It is read-only.", $"Make it writable (chmod u+w {Path}), then repeat the command.");
        }

        var temporary = $"{Path}.{Environment.ProcessId}.new";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = Exists ? File.GetUnixFileMode(Path) : UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && Exists)
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(Path));   // the mask took bits away
            }

            if (!IsAsRead())
            {
                File.Delete(temporary);
                return false;
            }

            File.Move(temporary, Path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception again) when (again is IOException or UnauthorizedAccessException)
            {
                // What could not be written needs no removal.
            }

            throw new ConfigRefusedException($"It cannot be written: {e.Message}", "Check the permissions and the free space of its folder.");
        }
    }

    /// <summary>Removes the file.</summary>
    public void Delete() => File.Delete(Path);

    /// <summary>64 hex digits.</summary>
    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private bool IsAsRead() => _bytes is null ? !File.Exists(Path) : File.Exists(Path) && File.ReadAllBytes(Path).AsSpan().SequenceEqual(_bytes);

    private static string Target(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }
}
