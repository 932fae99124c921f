namespace Orchestrator.Protocol;

/// <summary>Which characters a text may hold.</summary>
public sealed class TextRule
{
    /// <summary>Titles, names, ids: no control characters, no marks that reorder text.</summary>
    public static readonly TextRule OneLine = new(allowed: "", reordering: false);

    /// <summary>Descriptions and notes: line ends and tabs as well.</summary>
    public static readonly TextRule Prose = new(allowed: "\n\r\t", reordering: false);

    /// <summary>Work products: whatever the work is, such as logs with escape sequences; only NUL is no text.</summary>
    public static readonly TextRule Work = new(allowed: null, reordering: true);

    // Half of a surrogate pair arrives as this, and so does what another program could not read: the text was damaged on its way.
    private const char Replacement = '\uFFFD';

    private readonly string? _allowed;
    private readonly bool _reordering;

    private TextRule(string? allowed, bool reordering) => (_allowed, _reordering) = (allowed, reordering);

    /// <summary>Where the first character stands that is not allowed.</summary>
    public int? FirstForbidden(string text)
    {
        if (_allowed is null)
        {
            var nul = text.IndexOf('\0', StringComparison.Ordinal);
            return nul < 0 ? null : nul;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if ((char.IsControl(text[i]) && !_allowed.Contains(text[i], StringComparison.Ordinal)) || (!_reordering && Reorders(text[i]))
                || text[i] == Replacement)
            {
                return i;
            }
        }

        return null;
    }

    // Overrides, embeddings and isolates make a text read as something else ("Trojan Source", CVE-2021-42574). The plain marks U+200E and
    // U+200F are needed to write Hebrew and Arabic.
    private static bool Reorders(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
