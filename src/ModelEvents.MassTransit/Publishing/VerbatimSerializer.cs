using System.Net.Mime;
using System.Runtime.InteropServices;
using MassTransit;

namespace ModelEvents.Publishing;

/// <summary>Hands the event's bytes to the transport as they are: nothing is parsed and no envelope is added.</summary>
internal sealed class VerbatimSerializer(string contentType) : IMessageSerializer
{
    public ContentType ContentType { get; } = new(contentType);

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class =>
        new BytesMessageBody(BytesOf(((OutgoingEvent)(object)context.Message).Wire.Body));

    private static byte[] BytesOf(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment) && segment.Array!.Length == segment.Count
            ? segment.Array
            : body.ToArray();
}
