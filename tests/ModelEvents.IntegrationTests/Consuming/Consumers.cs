using MassTransit;

namespace ModelEvents.Tests.Consuming;

public enum Stage
{
    Open,
    Shipped,
}

/// <summary>An order as a consuming service has it: no attributes.</summary>
public sealed record OrderDto(int OrderId, string? CustomerName = null, Stage Stage = Stage.Open, decimal Total = 0);

/// <summary>A customer; no order could be read as one.</summary>
public sealed record CustomerDto
{
    public required string Email { get; init; }
}

internal sealed class OrderConsumer(Consumed consumed) : IConsumer<OrderDto>
{
    public Task Consume(ConsumeContext<OrderDto> context) => consumed.NoteAsync(this, context);
}

internal sealed class OrderAudit(Consumed consumed) : IConsumer<OrderDto>
{
    public Task Consume(ConsumeContext<OrderDto> context) => consumed.NoteAsync(this, context);
}

internal sealed class CustomerConsumer(Consumed consumed) : IConsumer<CustomerDto>
{
    public Task Consume(ConsumeContext<CustomerDto> context) => consumed.NoteAsync(this, context);
}

internal sealed class EverythingConsumer(Consumed consumed) : IConsumer<OrderDto>, IConsumer<CustomerDto>
{
    public Task Consume(ConsumeContext<OrderDto> context) => consumed.NoteAsync(this, context);

    public Task Consume(ConsumeContext<CustomerDto> context) => consumed.NoteAsync(this, context);
}
