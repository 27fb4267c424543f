using System.Text;
using MassTransit;
using MassTransit.Transports;

namespace ModelEvents.Consuming;

/// <summary>
/// Cuts what a fault adds to the headers of a message that is moved to the error queue. RabbitMQ closes the connection where
/// headers do not fit into a frame of 128 KiB, and the message would come again and stop its queue each time.
/// </summary>
/// <remarks>
/// MassTransit catches the exception inside of the filters of an endpoint. Its transport is replaced, so that whatever users
/// configure for errors stays as it is.
/// </remarks>
internal sealed class FaultHeadersFilter : IFilter<ReceiveContext>
{
    // The message and the stack trace may both have it, and the headers that the message came with stay.
    internal const int MostBytes = 16 * 1024;

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (context.TryGetPayload<IErrorTransport>(out var transport))
            context.AddOrUpdatePayload<IErrorTransport>(() => new CutTransport(transport), inner => new CutTransport(inner));
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("modelEventsFaultHeaders");

    private sealed class CutTransport(IErrorTransport inner) : IErrorTransport
    {
        public Task Send(ExceptionReceiveContext context)
        {
            foreach (var (name, value) in context.ExceptionHeaders.GetAll().ToList())
            {
                if (value is string text && Encoding.UTF8.GetByteCount(text) > MostBytes)
                    context.ExceptionHeaders.Set(name, Cut(text));
            }

            return inner.Send(context);
        }

        private static string Cut(string text)
        {
            Encoding.UTF8.GetEncoder().Convert(text, new byte[MostBytes], flush: true, out var fitting, out _, out _);
            return $"{text.AsSpan(0, fitting)} [cut]";
        }
    }
}
