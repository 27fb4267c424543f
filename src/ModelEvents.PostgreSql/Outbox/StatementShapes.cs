using System.Collections.Concurrent;

namespace ModelEvents.Outbox;

/// <summary>
/// Which of the statements that EF Core writes rows with come so often that they are worth preparing. It makes one for each
/// row; those of rows alike differ in the numbers of their parameters alone, which the server does not see.
/// </summary>
internal sealed class StatementShapes
{
    // Other interceptors may put something different into each.
    private const int MostKept = 1000;

    // FNV-1a, 64 bits (RFC 9923).
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private readonly ConcurrentDictionary<ulong, PreparedUse> _kept = [];
    private readonly PreparedUse.Limit _limit = new();

    /// <summary>Notes a use of all statements of <paramref name="command"/>; returns whether it is worth preparing.</summary>
    public bool AreToPrepare(string command)
    {
        var (all, before) = (true, 0UL);
        for (var start = 0; start < command.Length;)
        {
            var shape = ShapeOf(command, ref start);
            if (shape != before)
                all &= IsToPrepare(shape);
            before = shape;
        }

        return all;
    }

    private bool IsToPrepare(ulong shape)
    {
        if (_kept.TryGetValue(shape, out var kept))
            return kept.Count(_limit);
        if (_kept.Count < MostKept)
            _kept.TryAdd(shape, new PreparedUse());
        return false;
    }

    /// <summary>The hash of the statement at <paramref name="at"/>, which is moved behind it.</summary>
    private static ulong ShapeOf(string command, ref int at)
    {
        var shape = Basis;
        while (at < command.Length)
        {
            var one = command[at++];
            shape = (shape ^ one) * Prime;
            if (one == '@')
                SkipNumber(command, ref at);
            if (one == ';' && at < command.Length && command[at] is '\r' or '\n')
                break;
        }

        while (at < command.Length && command[at] is '\r' or '\n')
            at++;
        return shape;
    }

    /// <summary>EF Core names its parameters <c>p</c> and a number.</summary>
    private static void SkipNumber(string command, ref int at)
    {
        if (at == command.Length || command[at] != 'p')
            return;

        for (at++; at < command.Length && char.IsAsciiDigit(command[at]); at++)
        {
        }
    }
}
