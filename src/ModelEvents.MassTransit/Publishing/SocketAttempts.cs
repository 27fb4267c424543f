namespace ModelEvents.Publishing;

/// <summary>How many connections a bus had tried to make at some time.</summary>
internal readonly struct SocketAttempts
{
    private readonly SocketWatch? _sockets;
    private readonly int _count;

    private SocketAttempts(SocketWatch? sockets) => (_sockets, _count) = (sockets, sockets?.Attempts ?? 0);

    public static SocketAttempts Of(SocketWatch? sockets) => new(sockets);

    /// <summary>Whether <paramref name="now"/> is that of the same bus, which has no connection and has tried none since.</summary>
    public bool IsStuck(SocketWatch now) =>
        now == _sockets && now is { IsAborted: false, IsBlind: false, IsAnyOpen: false } && now.Attempts == _count;
}
