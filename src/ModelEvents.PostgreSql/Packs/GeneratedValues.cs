using System.Buffers;
using System.Text;
using ModelEvents.Bodies;

namespace ModelEvents.Outbox;

/// <summary>The values behind the event of a pack, which the database has generated: whole numbers with commas between.</summary>
internal static class GeneratedValues
{
    private static readonly SearchValues<byte> Letters = SearchValues.Create("0123456789-,"u8);

    /// <summary>Puts them in their places in key and body; returns false where there are not as many as places.</summary>
    public static bool TryPut(ReadOnlySpan<byte> values, ref ModelEvent one)
    {
        var places = one.Body.Span.Count((byte)0) + (one.Key == PendingValues.Text ? 1 : 0);
        if (places != values.Count((byte)',') + 1 || !AreNumbers(values))
            return false;

        var key = one.Key == PendingValues.Text ? Encoding.UTF8.GetString(Next(ref values)) : one.Key;
        var body = new ArrayBufferWriter<byte>(one.Body.Length + values.Length + 1);
        var rest = one.Body.Span;
        for (var place = rest.IndexOf((byte)0); place >= 0; place = rest.IndexOf((byte)0))
        {
            body.Write(rest[..place]);
            body.Write(Next(ref values));
            rest = rest[(place + 1)..];
        }

        body.Write(rest);
        one = one with { Key = key, Body = body.WrittenMemory };
        return true;
    }

    private static bool AreNumbers(ReadOnlySpan<byte> values) =>
        !values.ContainsAnyExcept(Letters)
        && !values.StartsWith(","u8) && !values.EndsWith(","u8) && !values.IsEmpty && values.IndexOf(",,"u8) < 0;

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> values)
    {
        var end = values.IndexOf((byte)',');
        var value = end < 0 ? values : values[..end];
        values = end < 0 ? [] : values[(end + 1)..];
        return value;
    }
}
