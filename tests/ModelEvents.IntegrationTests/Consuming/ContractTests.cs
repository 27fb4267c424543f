using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Consuming;

/// <summary>What a body can be read as.</summary>
public sealed class ContractTests : ReceiverTests
{
    /// <summary>An order as a contract without a class.</summary>
    public interface IShippedOrder
    {
        int OrderId { get; }

        string? CustomerName { get; }

        IReadOnlyList<IShippedLine> Lines { get; }
    }

    public interface IShippedLine
    {
        int UnitCount { get; }
    }

    [Fact]
    public async Task An_interface_is_read_like_a_class()
    {
        await using var host = await ConsumerHost.StartAsync(
            Shop,
            (endpoint, context) => endpoint.On<IShippedOrder, ContractConsumer>(context, "order__shipped"),
            services => services.AddScoped<ContractConsumer>());

        await Shop.PublishAsync(
            "order__shipped", """{"order_id":7,"customer_name":"Zoë","lines":[{"unit_count":2},{"unit_count":3}]}""");

        var order = (IShippedOrder)Assert.Single(await host.Consumed.WaitForAsync(1)).Message;
        Assert.Equal((7, "Zoë"), (order.OrderId, order.CustomerName));
        Assert.Equal([2, 3], order.Lines.Select(line => line.UnitCount));
    }

    [Fact]
    public async Task A_body_that_one_consumer_cannot_read_is_handled_by_the_others_once_and_then_put_aside()
    {
        await using var host = await ConsumerHost.StartAsync(Shop, (endpoint, context) =>
        {
            endpoint.Endpoint.UseMessageRetry(retry => retry.Interval(3, TimeSpan.FromMilliseconds(10)));
            endpoint.On<CustomerDto, CustomerConsumer>(context, "order__shipped");
            endpoint.On<OrderDto, OrderConsumer>(context, "order__shipped");
            endpoint.On<CustomerDto, EverythingConsumer>(context, "order__shipped");
        });
        var published = Shop.Event("order__shipped", """{"order_id":7}""");

        await Shop.PublishAsync(published);

        var failed = await Service.TakeAsync(Shop.ErrorQueue);
        Assert.Equal(published.Id.ToString(), failed.BasicProperties.MessageId);
        Assert.Equal(new OrderDto(7), Assert.Single(host.Consumed.Calls).Message);
        Assert.Equal(0u, await Service.CountAsync($"{Shop.Queue}_skipped"));
        Assert.Equal(0u, await Service.CountAsync(Shop.ErrorQueue));
    }

    [Fact]
    public void A_batch_is_refused() => Assert.Equal(
        "The consumer 'BatchConsumer' takes batches of 'OrderDto', but the events of a key are handed over one after the other. "
        + "Let it implement 'IConsumer<OrderDto>' and subscribe with 'On<OrderDto, BatchConsumer>'.",
        MistakeOf<Batch<OrderDto>, BatchConsumer>());

    [Fact]
    public void A_type_without_a_namespace_is_refused() => Assert.Equal(
        "'UnplacedDto', as which the consumer 'UnplacedConsumer' reads events, is in no namespace, which MassTransit asks of "
        + "messages. Put it into one.",
        MistakeOf<UnplacedDto, UnplacedConsumer>());

    [Fact]
    public void A_type_that_is_no_message_is_refused() => Assert.Equal(
        "'Version' cannot be what the consumer 'VersionConsumer' reads events as. Name a class, record or interface of your own. "
        + "MassTransit says: Messages types must not be in the System namespace: System.Version",
        MistakeOf<Version, VersionConsumer>());

    private string MistakeOf<TMessage, TConsumer>()
        where TMessage : class
        where TConsumer : class, IConsumer<TMessage>
    {
        using var host = ConsumerHost.Build(
            Shop,
            (endpoint, context) => endpoint.On<TMessage, TConsumer>(context, "order__shipped"),
            services => services.AddScoped<TConsumer>());
        return Assert.ThrowsAny<Exception>(() => host.Services.GetRequiredService<IBusControl>()).GetBaseException().Message;
    }

    private sealed class ContractConsumer(Consumed consumed) : IConsumer<IShippedOrder>
    {
        public Task Consume(ConsumeContext<IShippedOrder> context) => consumed.NoteAsync(this, context);
    }

    private sealed class BatchConsumer(Consumed consumed) : IConsumer<Batch<OrderDto>>
    {
        public Task Consume(ConsumeContext<Batch<OrderDto>> context) => consumed.NoteAsync(this, context);
    }

    private sealed class UnplacedConsumer(Consumed consumed) : IConsumer<UnplacedDto>
    {
        public Task Consume(ConsumeContext<UnplacedDto> context) => consumed.NoteAsync(this, context);
    }

    private sealed class VersionConsumer(Consumed consumed) : IConsumer<Version>
    {
        public Task Consume(ConsumeContext<Version> context) => consumed.NoteAsync(this, context);
    }
}
