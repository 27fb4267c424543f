using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using RabbitMQ.Client;

namespace ModelEvents.Tests.Consuming;

public sealed class FailureTests : ReceiverTests
{
    [Theory]
    [InlineData("no JSON")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"order_id":"seven"}""")]
    public async Task A_poison_body_ends_in_the_error_queue_without_a_retry_and_the_rest_flows(string poison)
    {
        var reads = new CountedReads();
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.Json.Converters.Add(reads);
            endpoint.Endpoint.UseMessageRetry(retry => retry.Interval(5, TimeSpan.FromMilliseconds(10)));
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
        });

        await Shop.PublishAsync("order__shipped", poison);
        await Shop.PublishAsync("order__shipped", """{"order_id":7}""");

        Assert.Equal(poison, Encoding.UTF8.GetString((await Service.TakeAsync(Shop.ErrorQueue)).Body.Span));
        Assert.Equal(new OrderDto(7), Assert.Single(await host.Consumed.WaitForAsync(1)).Message);
        Assert.InRange(reads.Count, 1, 2);
    }

    [Fact]
    public async Task A_handler_that_throws_is_retried_and_then_its_event_is_put_aside_as_it_came()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
            endpoint.Endpoint.UseMessageRetry(retry => retry.Interval(2, TimeSpan.FromMilliseconds(10)));
        });
        host.Consumed.Handle = _ => throw new NotSupportedException("not today");

        var published = Shop.Event("order__shipped", """{"order_id":7}""", "k", 3);
        await Shop.PublishAsync(published);

        var failed = await Service.TakeAsync(Shop.ErrorQueue);
        Assert.Equal(3, host.Consumed.Calls.Count);
        Assert.Equal("""{"order_id":7}""", Encoding.UTF8.GetString(failed.Body.Span));
        Assert.Equal(published.Id.ToString(), failed.BasicProperties.MessageId);
        Assert.Equal("order__shipped", failed.BasicProperties.Type);
        Assert.Equal(3L, failed.BasicProperties.Headers![EventHeaders.Sequence]);
        Assert.Equal("not today", Text(failed.BasicProperties.Headers["MT-Fault-Message"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_that_fits_into_no_header_is_cut_and_its_event_put_aside_once(bool hasOwnErrorPipe)
    {
        var own = new MarkedFault();
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            if (hasOwnErrorPipe)
            {
                endpoint.Endpoint.ConfigureError(error => error.UseFilter(own));
                endpoint.Endpoint.ConfigureDefaultErrorTransport();
            }

            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
        });
        host.Consumed.Handle = context => ((ConsumeContext<OrderDto>)context).Message.OrderId == 7
            ? throw new InvalidOperationException("outer", new LongException())
            : Task.CompletedTask;

        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7}"""));
        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":8}"""));

        var failed = await Service.TakeAsync(Shop.ErrorQueue);
        var headers = failed.BasicProperties.Headers!;
        Assert.Equal("""{"order_id":7}""", Encoding.UTF8.GetString(failed.Body.Span));
        Assert.Equal($"x{new string('ß', 8191)} [cut]", Text(headers["MT-Fault-Message"]));
        Assert.Equal($"at {new string('a', 16381)} [cut]", Text(headers["MT-Fault-StackTrace"]));
        Assert.EndsWith(nameof(LongException), Text(headers["MT-Fault-ExceptionType"]), StringComparison.Ordinal);
        Assert.Equal(hasOwnErrorPipe ? "by the user" : "", Text(headers.TryGetValue("marked", out var mark) ? mark : null));
        Assert.Equal(hasOwnErrorPipe ? 200_001 : 0, own.Length);
        await host.Consumed.WaitForAsync(2);
        Assert.Equal([7, 8], host.Consumed.Messages<OrderDto>().Select(dto => dto.OrderId).Order());
    }

    [Fact]
    public async Task A_handler_that_fails_twice_is_done_with_the_third_try()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
            endpoint.Endpoint.UseMessageRetry(retry => retry.Interval(2, TimeSpan.FromMilliseconds(10)));
        });
        host.Consumed.Handle = _ =>
            host.Consumed.Calls.Count < 3 ? throw new NotSupportedException("not yet") : Task.CompletedTask;

        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7}"""));
        await host.Consumed.WaitForAsync(3);
        await host.DisposeAsync();

        Assert.Equal(0u, await Service.CountAsync(Shop.Queue));
        Assert.Equal(0u, await Service.CountAsync(Shop.ErrorQueue));
    }

    [Fact]
    public async Task An_event_that_is_moved_back_from_the_error_queue_finds_its_consumer_again()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop, (endpoint, context) => endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped"));
        host.Consumed.Handle = _ =>
            host.Consumed.Calls.Count == 1 ? throw new NotSupportedException("not today") : Task.CompletedTask;
        await Shop.PublishAsync(Shop.Event("order__shipped", """{"order_id":7}"""));
        var failed = await Service.TakeAsync(Shop.ErrorQueue);

        // As RabbitMQ's shovel does it: by the default exchange, to the queue's name.
        await Shop.SendAsync(Shop.Queue, failed.Body, new BasicProperties(failed.BasicProperties));

        var calls = await host.Consumed.WaitForAsync(2);
        Assert.Equal(new OrderDto(7), calls[1].Message);
        Assert.Equal(calls[0].Event! with { ChangedProperties = null }, calls[1].Event! with { ChangedProperties = null });
    }

    private static string Text(object? value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : $"{value}";

    private sealed class LongException() : Exception($"x{new string('ß', 200_000)}")
    {
        public override string StackTrace { get; } = $"at {new string('a', 200_000)}";
    }

    /// <summary>What a user does with errors: it sees the whole exception, and adds a header.</summary>
    private sealed class MarkedFault : IFilter<ExceptionReceiveContext>
    {
        public int Length { get; private set; }

        public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            Length = context.Exception.GetBaseException().Message.Length;
            context.ExceptionHeaders.Set("marked", "by the user");
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("marked");
    }

    /// <summary>Counts how often an order's number is read.</summary>
    private sealed class CountedReads : JsonConverter<int>
    {
        private int _count;

        public int Count => _count;

        public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Interlocked.Increment(ref _count);
            return reader.GetInt32();
        }

        public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value);
    }
}
