using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ModelEvents.Benchmarks;

/// <summary>A database of its own for one run, dropped at the end.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name = $"benchmark_{Guid.CreateVersion7():N}";

    private BenchmarkDatabase(string server) => _server = server;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ConnectionString;

    public static async Task<BenchmarkDatabase> CreateAsync(string server)
    {
        var database = new BenchmarkDatabase(server);
        await database.OnServerAsync($"CREATE DATABASE {database._name}");
        await using var services = database.CaptureServices().BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<BenchmarkContext>().Database.EnsureCreatedAsync();
        return database;
    }

    /// <summary>Services with the context captured as a user would have it.</summary>
    public IServiceCollection CaptureServices(
        Action<ModelEventsOptions>? configure = null, NpgsqlDataSource? source = null)
    {
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
        {
            options.ServiceName = "benchmark";
            options.Dispatcher.Enabled = false;
            options.Model<GuidRow>().Model<IdentityRow>();
            configure?.Invoke(options);
        }).Capture<BenchmarkContext>().UsePostgreSql();
        return services.AddDbContext<BenchmarkContext>(
            options => _ = source is null ? options.UseNpgsql(ConnectionString) : options.UseNpgsql(source));
    }

    /// <summary>The same context without ModelEvents.</summary>
    public IServiceCollection PlainServices() =>
        new ServiceCollection().AddDbContext<BenchmarkContext>(options => options.UseNpgsql(ConnectionString));

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await OnServerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private async Task OnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_server);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
