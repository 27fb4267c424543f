using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelEvents.Consuming;
using ModelEvents.Inbox;
using ModelEvents.Tests.Infrastructure;
using static ModelEvents.Tests.Inbox.ReceivedEvents;

namespace ModelEvents.Tests.Inbox;

public sealed class InboxRegistrationTests
{
    public enum Registration
    {
        Context,
        Pool,
        Factory,
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Registration.Context, true)]
    [InlineData(Registration.Context, false)]
    [InlineData(Registration.Pool, true)]
    [InlineData(Registration.Pool, false)]
    [InlineData(Registration.Factory, true)]
    [InlineData(Registration.Factory, false)]
    public void The_tables_are_in_the_contexts_model_however_and_whenever_it_is_registered(Registration how, bool before)
    {
        var services = new ServiceCollection();
        if (before)
            Register(services, how);
        services.AddModelEventsInbox<BillingContext>(inbox => (inbox.Table, inbox.Schema) = ("inbox", "bus"));
        if (!before)
            Register(services, how);

        using var provider = services.BuildServiceProvider(validateScopes: true);
        using var scope = provider.CreateScope();
        var model = ModelOf(scope);

        Assert.Equal("bus.inbox", model.FindEntityType(typeof(InboxNote))!.GetSchemaQualifiedTableName());
        Assert.Equal("bus.inbox_sequences", model.FindEntityType(typeof(InboxSequence))!.GetSchemaQualifiedTableName());
        Assert.NotNull(BillingService.InboxOf(scope.ServiceProvider));
    }

    [Fact]
    public void A_repeated_registration_adds_options_and_nothing_else()
    {
        var services = new ServiceCollection();
        services.AddModelEventsInbox<BillingContext>(inbox => inbox.DropStale = true);
        services.AddModelEventsInbox<BillingContext>(inbox => inbox.Retention = TimeSpan.FromDays(30));
        Register(services, Registration.Context);

        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<InboxOptions>>().Get(typeof(BillingContext).FullName);

        Assert.Equal((true, TimeSpan.FromDays(30)), (options.DropStale, options.Retention));
        Assert.Single(provider.GetServices<IHostedService>().OfType<InboxCleanup<BillingContext>>());
        Assert.Single(provider.GetKeyedServices<IInbox>(typeof(BillingContext)));
    }

    [Fact]
    public async Task Bad_options_are_refused_at_the_start_with_all_mistakes()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddModelEventsInbox<BillingContext>(inbox =>
        {
            inbox.Table = " ";
            inbox.Schema = "";
            inbox.Retention = TimeSpan.FromSeconds(59);
            inbox.CleanupInterval = TimeSpan.FromDays(2);
        });
        Register(builder.Services, Registration.Context);
        using var host = builder.Build();

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        var start = $"The inbox of '{typeof(BillingContext).FullName}': ";
        Assert.Equal(
            [
                start + "'Table' is empty. Name the table, such as 'model_events_inbox'.",
                start + "'Schema' is empty. Name the schema, or leave it out for the context's default schema.",
                start + "'Retention' is '00:00:59', out of its range. Set it to 1 minute up to 3650 days.",
                start + "'CleanupInterval' is '2.00:00:00', out of its range. Set it to 1 second up to 1 day.",
            ],
            refused.Failures);
    }

    [Fact]
    public async Task A_context_without_tables_says_what_to_do()
    {
        var services = new ServiceCollection();
        services.AddModelEventsInbox<BillingContext>();
        services.AddDbContext<BillingContext>(options => options.UseInMemoryDatabase("billing").AmongMany());
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => BillingService.InboxOf(scope.ServiceProvider)
            .HandleAsync(new InboxMessage("billing", Received()), _ => Task.CompletedTask, Cancellation));

        Assert.Equal(
            "The model of 'BillingContext' has no inbox table. Add it with 'AddModelEventsInbox' to the services that the "
            + "context comes from, and use a relational provider; add it to a model that 'UseModel' sets with "
            + "'modelBuilder.AddModelEventsInbox()'.",
            failure.Message);
    }

    private static void Register(IServiceCollection services, Registration how)
    {
        if (how == Registration.Context)
            services.AddDbContext<BillingContext>(Configure);
        else if (how == Registration.Pool)
            services.AddDbContextPool<BillingContext>(Configure);
        else
            services.AddDbContextFactory<BillingContext>(Configure);

        static void Configure(DbContextOptionsBuilder options) => options.UseNpgsql("Host=nowhere").AmongMany();
    }

    private static IModel ModelOf(IServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<BillingContext>().GetService<IDesignTimeModel>().Model;
}
