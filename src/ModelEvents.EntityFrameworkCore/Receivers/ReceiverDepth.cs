namespace ModelEvents.Receivers;

/// <summary>
/// The receivers that the current flow is inside of, whichever contexts they save with: one that saves what it is called for
/// would never end.
/// </summary>
internal sealed class ReceiverDepth
{
    /// <summary>How deep receivers may save inside of receivers, and how often before receivers may add to a save.</summary>
    public const int Most = 10;

    private static readonly AsyncLocal<ReceiverDepth?> Innermost = new();

    private readonly ReceiverDepth? _outer;
    private readonly string _name;
    private readonly int _depth;

    private ReceiverDepth(ReceiverDepth? outer, string name) =>
        (_outer, _name, _depth) = (outer, name, (outer?._depth ?? 0) + 1);

    /// <summary>Notes that a receiver is called. The flow of the async method that calls this forgets it when it ends.</summary>
    /// <returns>What to give to <see cref="Leave"/>.</returns>
    /// <exception cref="InvalidOperationException">It is nested too deep.</exception>
    public static ReceiverDepth? Enter(Receiver receiver)
    {
        var outer = Innermost.Value;
        var inner = new ReceiverDepth(outer, receiver.Name);
        if (inner._depth > Most)
            throw TooDeep($"inside of each other: {inner.Path}");

        Innermost.Value = inner;
        return outer;
    }

    public static void Leave(ReceiverDepth? outer) => Innermost.Value = outer;

    public static InvalidOperationException TooDeep(string how) => new(
        $"Receivers have saved more than {Most} times {how}. Let a receiver save only what is not yet as it should be: ask "
        + "'Created', 'HasChanged' or the values themselves before.");

    private string Path => _outer is null ? $"'{_name}'" : $"{_outer.Path} > '{_name}'";
}
