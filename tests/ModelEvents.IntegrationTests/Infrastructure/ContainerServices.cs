using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>
/// PostgreSQL and RabbitMQ in containers, removed when this process ends; only in a build with
/// <c>-p:UseTestcontainers=true</c>.
/// </summary>
internal static class ContainerServices
{
    /// <summary>Starts both and returns the same variables as <c>config/services up</c>.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> StartAsync()
    {
        var settings = Path.Combine(ScriptServices.RepositoryRoot(), "config");
        var postgres = new PostgreSqlBuilder()
            .WithImage("postgres:17-alpine")
            .WithCommand("-c", "wal_level=logical", "-c", "max_connections=300")
            .Build();
        var rabbitMq = new RabbitMqBuilder()
            .WithImage("rabbitmq:4-alpine")
            .WithResourceMapping(new FileInfo(Path.Combine(settings, "rabbitmq.conf")), "/etc/rabbitmq/conf.d/")
            .Build();

        await Task.WhenAll(postgres.StartAsync(), rabbitMq.StartAsync());
        return new Dictionary<string, string>
        {
            ["MODELEVENTS_TEST_POSTGRES"] = postgres.GetConnectionString(),
            ["MODELEVENTS_TEST_RABBITMQ"] = rabbitMq.GetConnectionString(),
        };
    }
}
