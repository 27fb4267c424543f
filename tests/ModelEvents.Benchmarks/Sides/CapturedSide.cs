using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelEvents.Benchmarks;

/// <summary>
/// ModelEvents, with the outbox table, with the log, or with capture from the log; and the publisher on RabbitMQ.Client.
/// </summary>
internal sealed class CapturedSide(BenchmarkDatabase database, BenchmarkSettings settings, DeliveryMode delivery)
    : Side(NameOf(database.Source, delivery), database)
{
    private readonly ServiceProvider _saving =
        database.CaptureServices(options => options.Delivery = delivery).BuildServiceProvider();
    private IHost? _delivering;

    public DeliveryMode Delivery => delivery;

    public override bool DeliversLater => true;

    /// <summary>Connects receivers of its saves.</summary>
    public IModelReceivers Receivers => Services.GetRequiredService<IModelReceivers>();

    protected override IServiceProvider Services => _delivering?.Services ?? _saving;

    public override Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        foreach (var service in Database.CaptureServices(options =>
        {
            options.Dispatcher.Enabled = true;
            options.Delivery = delivery;
            options.Broker.Uri = settings.RabbitMq.ToString();
        }))
            builder.Services.Add(service);

        new ModelEventsBuilder(builder.Services).PublishToRabbitMq();
        _delivering = builder.Build();
        return _delivering.StartAsync();
    }

    public override async Task StopAsync()
    {
        await _delivering!.StopAsync();
        _delivering.Dispose();
        _delivering = null;
    }

    public Task FillAsync(int count) => OutboxRows.FillAsync(Database, this, count);

    public override ValueTask DisposeAsync() => _saving.DisposeAsync();

    protected override Task SaveAsync(BenchmarkContext context, IReadOnlyList<object> added) =>
        context.SaveChangesAsync();

    private static string NameOf(CaptureSource source, DeliveryMode delivery) => (source, delivery) switch
    {
        (CaptureSource.Log, _) => "ModelEvents, capture from the log",
        (_, DeliveryMode.Wal) => "ModelEvents, log",
        _ => "ModelEvents, outbox table",
    };
}
