using System.Collections.ObjectModel;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Rules;
using ModelEvents.Tests.Capture.Gigs;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Capture;

/// <summary>Changes of models whose instances are proxies of EF Core's: they are told as those of plain ones.</summary>
public abstract class ProxyContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public enum Proxies
    {
        None,
        LazyLoading,
        ChangeTracking,
        Both,
    }

    /// <summary>Whether rules see the changes.</summary>
    protected virtual bool HasRules => true;

    protected abstract void UseOutbox(CaptureBuilder<GigContext> capture);

    protected virtual void Configure(ModelEventsOptions options)
    {
    }

    protected virtual Task PrepareAsync(IServiceProvider services) => Task.CompletedTask;

    protected virtual async Task<IReadOnlyList<ModelEvent>> TakeAsync(IServiceProvider services)
    {
        await using var session = await services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        return [.. (await session.ClaimAsync(LaneSlice.All, 1000, Cancellation)).Select(entry => entry.Event)];
    }

    [Theory]
    [InlineData(Proxies.LazyLoading)]
    [InlineData(Proxies.ChangeTracking)]
    [InlineData(Proxies.Both)]
    public async Task Changes_of_proxies_are_told_as_those_of_plain_instances(Proxies kind)
    {
        var plain = await RunAsync(Proxies.None);
        var proxied = await RunAsync(kind);

        Assert.Contains("gig__sold_out|ModelEvents.Tests.Capture.Gigs.Gig|", string.Join('\n', plain), StringComparison.Ordinal);
        Assert.Equal(HasRules, plain.Any(told => told.StartsWith("trigger__busy", StringComparison.Ordinal)));
        Assert.Equal(plain, proxied);
    }

    private async Task<IReadOnlyList<string>> RunAsync(Proxies kind)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var services = Build(database, kind);
        await using (var scope = services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<GigContext>().Database.EnsureCreatedAsync(Cancellation);
        await PrepareAsync(services);
        await ChangeAsync(services, kind);
        return [.. (await TakeAsync(services)).Select(Tell)];
    }

    private static async Task ChangeAsync(IServiceProvider services, Proxies kind)
    {
        await using (var scope = services.CreateAsyncScope())
        {
            var rules = scope.ServiceProvider.GetRequiredService<ITriggerRules<GigContext>>();
            var rule = await rules.CreateAsync(
                TriggerRuleTypes.Change,
                "quiet",
                """{ "model": "Gig", "condition": { "field": "state", "to": "sold_out" } }""",
                cancellationToken: Cancellation);
            await rules.EditAsync(rule.Id, rule.Version, new TriggerRuleEdit { Name = "busy" }, Cancellation);
        }

        await using (var scope = services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<GigContext>();
            var venue = New<Venue>(context, kind, v => (v.Id, v.Name) = (new Guid(7, 0, 0, new byte[8]), "Hall"));
            var band = New<Band>(context, kind, b => b.Name = "Band");
            var gig = New<Gig>(context, kind, g =>
            {
                (g.Title, g.Venue) = ("First", venue);
                g.Ticket = New<Ticket>(context, kind, ticket => ticket.Price = 12.5m);
                g.Songs = new ObservableCollection<Song> { New<Song>(context, kind, song => song.Name = "One") };
                g.Bands = new ObservableCollection<Band> { band };
            });
            context.Add(gig);
            await context.SaveChangesAsync(Cancellation);
            context.Add(New<OpenAirGig>(context, kind, g =>
            {
                (g.Title, g.HasRoof) = ("Second", true);
                g.Ticket = New<Ticket>(context, kind, ticket => ticket.Price = 1m);
            }));
            context.SaveChanges();
        }

        await using (var scope = services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<GigContext>();
            var gig = await context.Gigs.Include(g => g.Bands).SingleAsync(g => g.Title == "First", Cancellation);
            Assert.Equal(kind != Proxies.None, gig.GetType() != typeof(Gig));
            gig.State = GigState.SoldOut;
            await context.SaveChangesAsync(Cancellation);
            gig.Ticket.Price = 15m;
            await context.SaveChangesAsync(Cancellation);
            gig.Songs.Single().Name = "Uno";
            await context.SaveChangesAsync(Cancellation);
            gig.Bands.Single().Name = "Band on the run";
            await context.SaveChangesAsync(Cancellation);
            gig.Bands.Clear();
            await context.SaveChangesAsync(Cancellation);
        }

        await using (var scope = services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<GigContext>();
            context.RemoveRange(await context.Gigs.OrderBy(gig => gig.Id).ToListAsync(Cancellation));
            await context.SaveChangesAsync(Cancellation);
        }
    }

    private static T New<T>(DbContext context, Proxies kind, Action<T> set)
        where T : class, new()
    {
        var made = kind is Proxies.None ? new T() : context.CreateProxy<T>();
        set(made);
        return made;
    }

    private static string Tell(ModelEvent told)
    {
        var isRule = told.Name.StartsWith("trigger", StringComparison.Ordinal);
        var headers = told.Headers
            .Where(header => header.Key is not ("traceparent" or EventHeaders.Transaction))
            .OrderBy(header => header.Key, StringComparer.Ordinal);
        return $"{told.Name}|{told.Model}|{told.Key}|{string.Join(',', headers)}|"
            + (isRule ? "" : Encoding.UTF8.GetString(told.Body.Span));
    }

    private ServiceProvider Build(TestDatabase database, Proxies kind)
    {
        var services = new ServiceCollection();
        UseOutbox(services.AddModelEvents(options =>
        {
            options.ServiceName = "gigs";
            options.Dispatcher.Enabled = false;
            options.Model<Gig>(model => model.StatusField(gig => gig.State).StatusEvents(StatusEvents.OnChange));
            options.Model<OpenAirGig>();
            options.Model<Venue>(model => model.SerializeWith<VenueSerializer>());
            options.Model<Band>(model => model.SerializeWith<BandSerializer>());
            Configure(options);
        }).Capture<GigContext>());
        services.AddDbContext<GigContext>(options =>
        {
            options.UseNpgsql(database.ConnectionString).AmongMany();
            if (kind is Proxies.LazyLoading or Proxies.Both)
                options.UseLazyLoadingProxies();
            if (kind is Proxies.ChangeTracking or Proxies.Both)
                options.UseChangeTrackingProxies();
        });
        return services.BuildServiceProvider(validateScopes: true);
    }
}
