namespace Orchestrator.Schema.Sqlite;

/// <summary>Walks through the tokens of one statement.</summary>
internal sealed class TokenReader(string sql, IReadOnlyList<Token> tokens, int from = 0, int to = -1)
{
    private readonly int _to = to < 0 ? tokens.Count : to;

    public string Sql => sql;

    public int Position { get; set; } = from;

    public bool AtEnd => Position >= _to;

    public Token Current => AtEnd ? default : tokens[Position];

    public bool Is(string word) => !AtEnd && tokens[Position].Is(word);

    public bool Is(string first, string second) => Is(first) && Position + 1 < _to && tokens[Position + 1].Is(second);

    public bool Take(string word)
    {
        if (!Is(word))
        {
            return false;
        }

        Position++;
        return true;
    }

    public void Need(string word)
    {
        if (!Take(word))
        {
            throw new FormatException($"'{word.ToUpperInvariant()}' was expected at '{(AtEnd ? "the end" : sql[Current.Start..])}' of: {sql}");
        }
    }

    public Token Next() => AtEnd ? throw new FormatException($"it ends too early: {sql}") : tokens[Position++];

    public string Name() => SqlTokens.Name(sql, Next());

    /// <summary>A name, perhaps after the name of its database.</summary>
    public string QualifiedName()
    {
        var name = Name();
        return Take(".") ? Name() : name;
    }

    /// <summary>The tokens of a bracket that opens here, without the bracket.</summary>
    public (int From, int To) Bracket()
    {
        Need("(");
        var start = Position;
        for (var depth = 1; ; Position++)
        {
            if (AtEnd)
            {
                throw new FormatException($"a bracket is not closed: {sql}");
            }

            depth += Is("(") ? 1 : Is(")") ? -1 : 0;
            if (depth == 0)
            {
                return (start, Position++);
            }
        }
    }

    /// <summary>The parts of a bracket between its outer commas.</summary>
    public List<(int From, int To)> Parts((int From, int To) bracket)
    {
        var parts = new List<(int, int)>();
        var (start, depth) = (bracket.From, 0);
        for (var i = bracket.From; i < bracket.To; i++)
        {
            depth += tokens[i].Is("(") ? 1 : tokens[i].Is(")") ? -1 : 0;
            if (depth == 0 && tokens[i].Is(","))
            {
                parts.Add((start, i));
                start = i + 1;
            }
        }

        if (start < bracket.To)
        {
            parts.Add((start, bracket.To));
        }

        return parts;
    }

    public TokenReader Within((int From, int To) range) => new(sql, tokens, range.From, range.To);

    public IEnumerable<Token> Tokens((int From, int To) range) => tokens.Skip(range.From).Take(range.To - range.From);

    public string Canonical((int From, int To) range) => SqlTokens.Canonical(Tokens(range));

    /// <summary>As written.</summary>
    public string Raw((int From, int To) range) => range.To <= range.From ? "" : sql[tokens[range.From].Start..tokens[range.To - 1].End];
}
