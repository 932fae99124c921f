namespace Orchestrator.Schema.Applying;

/// <summary>
/// What was made of what was read lately. Who reads exactly the same again need not make it again: to compare what is read costs far less. It is
/// compared, whole; no number stands for it.
/// </summary>
/// <param name="same">Whether two readings are the same.</param>
internal sealed class Recent<TRead, TMade>(Func<TRead, TRead, bool> same)
{
    private const int Kept = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<(TRead Read, TMade Made)> _known = [];

    public TMade Of(TRead read, Func<TRead, TMade> make)
    {
        lock (_gate)
        {
            for (var node = _known.First; node is not null; node = node.Next)
            {
                if (same(node.Value.Read, read))
                {
                    _known.Remove(node);
                    _known.AddFirst(node);
                    return node.Value.Made;
                }
            }
        }

        var made = make(read);
        lock (_gate)
        {
            _known.AddFirst((read, made));
            if (_known.Count > Kept)
            {
                _known.RemoveLast();
            }
        }

        return made;
    }
}
