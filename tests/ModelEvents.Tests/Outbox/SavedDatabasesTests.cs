using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using Npgsql;

namespace ModelEvents.Tests.Outbox;

/// <summary>What is remembered of the databases that saves reach; none of them is opened.</summary>
public sealed class SavedDatabasesTests : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly SavedDatabases _databases;
    private readonly IDatabaseOutbox _outbox;

    public SavedDatabasesTests()
    {
        var services = new ServiceCollection();
        services.AddScoped(_ => new NpgsqlConnection("Host=nowhere"));
        services.AddDbContext<TenantContext>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlConnection>()));
        services.AddModelEvents(options =>
        {
            options.ServiceName = "tenants";
            options.Model<Row>();
        }).Capture<TenantContext>().UsePostgreSql();
        _services = services.BuildServiceProvider();
        _databases = _services.GetRequiredKeyedService<SavedDatabases>(typeof(TenantContext));
        _outbox = (IDatabaseOutbox)_services.GetRequiredKeyedService<IOutbox>(typeof(TenantContext));
    }

    [Fact]
    public void Saves_with_the_same_connection_string_are_into_one()
    {
        Save("Host=nowhere;Database=shop;Password=secret");
        Save("Host=nowhere;Database=shop;Password=secret");

        Assert.Equal(
            "shop (tcp://nowhere:5432, model_events_outbox_packs)", Assert.Single(_databases.Others).Name);
    }

    [Fact]
    public void Saves_with_other_connection_strings_are_into_others()
    {
        Save("Host=nowhere;Database=shop");
        Save("Host=nowhere;Database=shop;Search Path=second");
        Save("Host=elsewhere;Database=shop");

        Assert.Equal(3, _databases.Others.Count());
    }

    [Fact]
    public void One_that_a_dispatcher_of_this_process_has_opened_is_of_no_concern()
    {
        Save("Host=nowhere;Database=shop");
        Use("Host=nowhere;Database=shop", context => _databases.Opened(context, _outbox));
        Save("Host=nowhere;Database=shop");

        Assert.Empty(_databases.Others);
    }

    [Fact]
    public void No_more_than_a_thousand_are_remembered()
    {
        for (var i = 0; i < 1010; i++)
            Save($"Host=nowhere;Database=tenant{i}");

        Assert.Equal(1000, _databases.Others.Count());
    }

    public void Dispose() => _services.Dispose();

    private void Save(string connectionString) => Use(connectionString, context => _databases.Saving(context, _outbox));

    private void Use(string connectionString, Action<TenantContext> use)
    {
        using var scope = _services.CreateScope();
        scope.ServiceProvider.GetRequiredService<NpgsqlConnection>().ConnectionString = connectionString;
        use(scope.ServiceProvider.GetRequiredService<TenantContext>());
    }

    private sealed class TenantContext(DbContextOptions<TenantContext> options) : DbContext(options)
    {
        public DbSet<Row> Rows => Set<Row>();
    }

    private sealed class Row
    {
        public int Id { get; set; }
    }
}
