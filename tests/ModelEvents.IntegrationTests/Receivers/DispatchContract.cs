using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Models;
using ModelEvents.Publishing;
using ModelEvents.Tests.Handlers;

namespace ModelEvents.Tests.Receivers;

/// <summary>Receivers of the life of a service, from its start to what became of its events, wherever these wait.</summary>
public abstract class DispatchContract(HandlerEngine engine)
{
    [Fact]
    public async Task Receivers_are_told_of_models_of_events_and_of_what_became_of_them()
    {
        var onlooker = new Onlooker();
        await using var warehouse = await StartAsync(onlooker, new Broker());

        var lamp = await warehouse.SaveAsync(new Item { Name = "lamp" });
        await warehouse.MoveAsync("refused");
        await warehouse.UntilAsync(() => onlooker.Finished.Count == 4);

        Assert.Equal([typeof(Item).FullName!], onlooker.Registered);
        Assert.Equal([$"item__created {lamp.Id}", "warehouse.moved refused"], onlooker.Enqueued);
        Assert.Equal(
            ["item__created 1", "warehouse.moved 1", "warehouse.moved 2", "warehouse.moved 3"],
            onlooker.Started.Order());
        Assert.Equal(
            [
                "item__created 1 Published: ", "warehouse.moved 1 Failed: frame too large",
                "warehouse.moved 2 Failed: frame too large", "warehouse.moved 3 Parked: frame too large",
            ],
            onlooker.Finished.Order());
        // Receivers are told before the outbox notes it.
        await warehouse.UntilAsync(async () => (await warehouse.ParkedAsync()).Count == 1);
    }

    [Fact]
    public async Task Receivers_that_fail_hold_no_event_back()
    {
        var onlooker = new Onlooker { Failure = new FormatException("cannot look") };
        var broker = new Broker();
        await using var warehouse = await StartAsync(onlooker, broker);

        var lamp = await warehouse.SaveAsync(new Item { Name = "lamp" });
        lamp.Count = 2;
        await warehouse.SaveAsync(lamp);
        await warehouse.UntilAsync(() => broker.Published.Count == 2 && onlooker.Finished.Count == 2);

        Assert.Equal(["item__created", "item__updated"], broker.Published);
    }

    [Fact]
    public async Task Receivers_are_told_of_a_list_that_is_reloaded()
    {
        var onlooker = new Onlooker();
        await using var warehouse = await StartAsync(onlooker, new Broker());

        warehouse.Set("Models:0:Model", "Item");
        warehouse.Set("Models:0:EventNamePrefix", "thing");
        await warehouse.SaveAsync(new Item { Name = "lamp" });
        await warehouse.UntilAsync(() => onlooker.Finished.Count == 1);

        Assert.Equal(["item > thing"], onlooker.Reloaded);
        Assert.Equal("thing__created 1 Published: ", Assert.Single(onlooker.Finished));
    }

    private async Task<Warehouse> StartAsync(Onlooker onlooker, Broker broker)
    {
        var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Register = builder => builder.Services.AddModelReceiver<Onlooker>().AddSingleton(onlooker)
            .AddSingleton<IEventPublisher>(broker);
        await warehouse.StartAsync();
        return warehouse;
    }

    private sealed class Onlooker : IModelRegistered, IModelListReloaded, IEventEnqueued, IEventStarted, IEventFinished
    {
        public ConcurrentQueue<string> Registered { get; } = [];

        public ConcurrentQueue<string> Reloaded { get; } = [];

        public ConcurrentQueue<string> Enqueued { get; } = [];

        public ConcurrentQueue<string> Started { get; } = [];

        public ConcurrentQueue<string> Finished { get; } = [];

        public Exception? Failure { get; init; }

        public Task ModelRegisteredAsync(ListedModel model, CancellationToken cancellationToken)
        {
            Registered.Enqueue(model.Name);
            return Task.CompletedTask;
        }

        public void ModelListReloaded(ModelList before, ModelList now) =>
            Reloaded.Enqueue($"{before.Models.Single().Prefix} > {now.Models.Single().Prefix}");

        public void EventEnqueued(ModelEvent enqueued)
        {
            Enqueued.Enqueue($"{enqueued.Name} {enqueued.Key}");
            if (Failure is not null)
                throw Failure;
        }

        public Task EventStartedAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            Started.Enqueue($"{delivery.Event.Name} {delivery.Attempt}");
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }

        public Task EventFinishedAsync(EventDelivery delivery, DeliveryResult result, CancellationToken cancellationToken)
        {
            Finished.Enqueue($"{delivery.Event.Name} {delivery.Attempt} {result.Outcome}: {result.Error}");
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }
    }

    /// <summary>Refuses what has such a key.</summary>
    private sealed class Broker : IEventPublisher
    {
        public ConcurrentQueue<string> Published { get; } = [];

        public Task<IReadOnlyList<PublishOutcome>> PublishAsync(
            IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken)
        {
            foreach (var published in events.Where(item => item.Key != "refused"))
                Published.Enqueue(published.Name);
            return Task.FromResult<IReadOnlyList<PublishOutcome>>(
            [
                .. events.Select(item => item.Key == "refused"
                    ? new PublishOutcome(PublishStatus.Refused, "frame too large")
                    : PublishOutcome.Confirmed),
            ]);
        }
    }
}

public sealed class PackDispatchTests() : DispatchContract(HandlerEngine.Packs);

public sealed class TableDispatchTests() : DispatchContract(HandlerEngine.Table);

public sealed class MemoryDispatchTests() : DispatchContract(HandlerEngine.Memory);
