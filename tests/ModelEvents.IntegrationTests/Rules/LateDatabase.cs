using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Rules;

/// <summary>A database that a program is configured for before it is there.</summary>
internal sealed class LateDatabase : IAsyncDisposable
{
    private readonly TestDatabase _database = new();

    public ValueTask CreateAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    public ServiceProvider NewServices(RecordedLog log)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log));
        services.AddDbContext<DeskContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        services.AddModelEvents(options =>
        {
            options.ServiceName = "desk";
            options.Dispatcher.Enabled = false;
            options.Model<Ticket>();
        }).Capture<DeskContext>().UsePostgreSql();
        return services.BuildServiceProvider();
    }
}
