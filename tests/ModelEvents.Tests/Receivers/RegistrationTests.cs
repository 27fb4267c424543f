using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Receivers;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Receivers;

/// <summary>How receivers are registered, made, ordered, connected and disconnected.</summary>
public sealed partial class RegistrationTests : IDisposable
{
    private const int HasFailed = 2030;

    private readonly RecordedLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void An_assembly_registers_each_of_its_receivers_once_in_the_order_of_their_names()
    {
        var services = new ServiceCollection();

        services.AddModelReceiver<Second>(SendMode.SendRobust);
        services.AddModelReceivers(typeof(RegistrationTests).Assembly);
        services.AddModelReceivers(typeof(RegistrationTests).Assembly);

        var registered = services.Select(service => service.ImplementationInstance).OfType<ReceiverType>().ToList();
        var names = registered.Select(receiver => receiver.Type.FullName!).ToList();
        Assert.Equal(new ReceiverType(typeof(Second), SendMode.SendRobust), registered[0]);
        Assert.Equal(names[1..].Order(StringComparer.Ordinal), names[1..]);
        Assert.Equal(names.Distinct(), names);
        Assert.Contains(typeof(First).FullName, names);
        Assert.DoesNotContain(typeof(Abstract).FullName, names);
        Assert.DoesNotContain(typeof(Open<>).FullName, names);
    }

    [Fact]
    public async Task Receivers_have_their_turn_in_the_order_of_registration_unless_theirs_says_otherwise()
    {
        await using var provider = Build(services => services
            .AddModelReceiver<Second>().AddModelReceiver<First>().AddModelReceiver<Third>());
        var receivers = provider.GetRequiredService<IModelReceivers>();
        receivers.BeforeSave<Cup>((cup, _, _) => Sign(cup, "delegate, late"), new ReceiverOptions { Order = 5 });
        receivers.BeforeSave<Cup>((cup, _, _) => Sign(cup, "delegate"));
        receivers.BeforeSave<Cup>((cup, _, _) => Sign(cup, "delegate, early"), new ReceiverOptions { Order = -9 });

        var cup = await SaveAsync(provider);

        Assert.Equal(["delegate, early", "first", "second", "third", "delegate", "delegate, late"], cup.Signatures);
    }

    [Fact]
    public async Task A_receiver_shares_the_scope_of_the_context_that_saves()
    {
        await using var provider = Build(services => services.AddScoped<Request>().AddModelReceiver<Scoped>());
        await using var scope = provider.CreateAsyncScope();
        var request = scope.ServiceProvider.GetRequiredService<Request>();
        var context = scope.ServiceProvider.GetRequiredService<CafeContext>();

        context.Add(new Cup());
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Cup());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([request, request], request.Seen.Select(seen => seen.Request));
        Assert.Same(request.Seen[0].Receiver, request.Seen[1].Receiver);
        Assert.All(request.Seen, seen => Assert.Same(context, seen.Context));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_context_without_a_scope_has_its_receivers_from_one_of_the_save(bool isPooled)
    {
        var requests = new List<Request>();
        await using var provider = Build(
            services => services
                .AddScoped(_ =>
                {
                    var request = new Request();
                    requests.Add(request);
                    return request;
                })
                .AddModelReceiver<Scoped>(),
            services =>
            {
                if (isPooled)
                    services.AddPooledDbContextFactory<CafeContext>(UseMemory);
                else
                    services.AddDbContextFactory<CafeContext>(UseMemory);
            });
        var factory = provider.GetRequiredService<IDbContextFactory<CafeContext>>();
        await using var context = await factory.CreateDbContextAsync(Cancellation);

        for (var save = 1; save <= 2; save++)
        {
            context.AddRange(new Cup(), new Cup());
            await context.SaveChangesAsync(Cancellation);
        }

        Assert.Equal(2, requests.Count);
        Assert.All(requests, request => Assert.Equal((2, true), (request.Seen.Count, request.IsDisposed)));
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("conflict")]
    public async Task A_save_that_fails_disposes_of_what_its_receivers_were_made_with(string when)
    {
        var requests = new List<Request>();
        await using var provider = Build(
            services => services.AddModelReceiver<Requesting>().AddScoped(_ =>
            {
                var request = new Request();
                requests.Add(request);
                return request;
            }),
            services => services.AddPooledDbContextFactory<CafeContext>(UseMemory));
        var receivers = provider.GetRequiredService<IModelReceivers>();
        if (when == "before")
            receivers.BeforeSave<Cup>((_, _, _) => throw new FormatException(when));
        else if (when == "after")
            receivers.AfterSave<Cup>((_, _, _) => throw new FormatException(when));
        await using var context = await provider.GetRequiredService<IDbContextFactory<CafeContext>>()
            .CreateDbContextAsync(Cancellation);

        if (when == "conflict")
            context.Update(new Cup { Id = 7 });
        else
            context.Add(new Cup());
        await Assert.ThrowsAnyAsync<Exception>(() => context.SaveChangesAsync(Cancellation));

        Assert.True(Assert.Single(requests).IsDisposed);
    }

    [Fact]
    public async Task A_singleton_stays_one()
    {
        await using var provider = Build(services => services.AddModelReceiver<Counting>().AddSingleton<Counting>());

        await SaveAsync(provider);
        await SaveAsync(provider);

        Assert.Equal(2, provider.GetRequiredService<Counting>().Count);
    }

    [Fact]
    public async Task A_class_that_fails_robustly_is_logged_by_its_name()
    {
        await using var provider = Build(services => services.AddModelReceiver<Failing>(SendMode.SendRobust));

        await SaveAsync(provider);

        Assert.Equal(
            ["The receiver 'ModelEvents.Tests.Receivers.RegistrationTests.Failing' (BeforeSave) has failed; the save goes on."],
            _log.Lines(HasFailed));
    }

    [Fact]
    public async Task A_delegate_is_called_until_it_is_disconnected()
    {
        await using var provider = Build();
        var receivers = provider.GetRequiredService<IModelReceivers>();

        var connection = receivers.BeforeSave<Cup>((cup, _, _) => Sign(cup, "connected"));
        var first = await SaveAsync(provider);
        connection.Dispose();
        connection.Dispose();
        var second = await SaveAsync(provider);

        Assert.Equal(["connected"], first.Signatures);
        Assert.Empty(second.Signatures);
        Assert.Null(provider.GetRequiredService<ModelReceivers>().OfSaves);
    }

    [Fact]
    public async Task A_delegate_is_connected_once_under_an_id()
    {
        await using var provider = Build();
        var receivers = provider.GetRequiredService<IModelReceivers>();
        var options = new ReceiverOptions { Id = "signing" };

        receivers.BeforeSave<Cup>((cup, _, _) => Sign(cup, "one"), options);
        receivers.BeforeSave<Cup>((cup, _, _) => Sign(cup, "two"), options);
        receivers.BeforeSave<object>((cup, _, _) => Sign((Cup)cup, "of another type"), options);
        var cup = await SaveAsync(provider);

        Assert.Equal(["one", "of another type"], cup.Signatures);
    }

    [Fact]
    public async Task Events_are_told_when_they_are_appended()
    {
        await using var provider = Build(services => services.AddModelReceiver<Enqueued>().AddSingleton<Enqueued>());

        await SaveAsync(provider);

        Assert.Equal(["cup__created"], provider.GetRequiredService<Enqueued>().Events.Select(e => e.Name));
    }

    public void Dispose() => _log.Dispose();

    private ServiceProvider Build(
        Action<IServiceCollection>? configure = null, Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddModelEvents(options =>
        {
            options.ServiceName = "cafe";
            options.Dispatcher.Enabled = false;
            options.Model<Cup>();
        }).Capture<CafeContext>();
        if (register is null)
            services.AddDbContext<CafeContext>(UseMemory);
        else
            register(services);
        configure?.Invoke(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static void UseMemory(DbContextOptionsBuilder options) => options.UseInMemoryDatabase($"{Guid.CreateVersion7()}");

    private static async Task<Cup> SaveAsync(ServiceProvider provider)
    {
        await using var scope = provider.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CafeContext>();
        var cup = new Cup();
        context.Add(cup);
        await context.SaveChangesAsync(Cancellation);
        return cup;
    }

    private static Task Sign(Cup cup, string name)
    {
        cup.Signatures.Add(name);
        return Task.CompletedTask;
    }
}
