using ModelEvents.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(TestServices))]

namespace ModelEvents.Tests.Infrastructure;

/// <summary>
/// Where PostgreSQL and RabbitMQ are, known before the first test runs: the two environment variables if set, else what
/// <c>config/services up</c> starts, or containers in a build with <c>-p:UseTestcontainers=true</c>.
/// </summary>
public sealed class TestServices : IAsyncLifetime
{
    private const string PostgresVariable = "MODELEVENTS_TEST_POSTGRES";
    private const string RabbitMqVariable = "MODELEVENTS_TEST_RABBITMQ";

    private static string? _postgres;
    private static string? _rabbitMq;

    /// <summary>Connection string of a role that may create databases.</summary>
    public static string Postgres => _postgres ?? throw NotStarted();

    /// <summary>AMQP URI of the broker.</summary>
    public static Uri RabbitMq => new(_rabbitMq ?? throw NotStarted());

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _postgres = Environment.GetEnvironmentVariable(PostgresVariable);
        _rabbitMq = Environment.GetEnvironmentVariable(RabbitMqVariable);

        if (string.IsNullOrEmpty(_postgres) || string.IsNullOrEmpty(_rabbitMq))
        {
#if USE_TESTCONTAINERS
            var started = await ContainerServices.StartAsync();
#else
            var started = await ScriptServices.StartAsync();
#endif
            _postgres = started[PostgresVariable];
            _rabbitMq = started[RabbitMqVariable];
        }
    }

    /// <summary>Leaves the services up: the next run finds them, and containers end with this process.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static InvalidOperationException NotStarted() =>
        new("The test services are not known yet. Read them in a test or in InitializeAsync, not in a static field.");
}
