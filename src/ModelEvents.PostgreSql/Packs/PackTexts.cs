using ModelEvents.Handlers;

namespace ModelEvents.Outbox;

/// <summary>
/// The texts of the pack that was read last: those of the next are mostly the same, and then need not be made again. For
/// one reader at a time.
/// </summary>
internal sealed class PackTexts
{
    public Kept<EventTargets?> Targets { get; } = new();

    public Kept<(string Name, string Service, string Model)> Names { get; } = new();

    public Kept<IReadOnlyDictionary<string, string>> Headers { get; } = new();

    /// <summary>A value, and the bytes that it was made from.</summary>
    public sealed class Kept<T>
    {
        private byte[] _bytes = [];

        public T Value { get; private set; } = default!;

        public bool Holds(ReadOnlySpan<byte> bytes) => _bytes.AsSpan().SequenceEqual(bytes);

        public void Keep(ReadOnlySpan<byte> bytes, T value) => (_bytes, Value) = (bytes.ToArray(), value);
    }
}
