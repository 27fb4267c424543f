using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Capture;

/// <summary>Several captured contexts in one program.</summary>
public sealed class SeveralContextsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_context_captures_what_it_maps_into_an_outbox_of_its_own()
    {
        await using var first = await TestDatabase.CreateAsync();
        await using var second = await TestDatabase.CreateAsync();
        var services = new ServiceCollection();
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "several";
                options.Dispatcher.Enabled = false;
                options.Model<Setting>().Model<Note>();
            })
            .Capture<SettingsContext>().UsePostgreSql()
            .Capture<NotesContext>();
        services.AddDbContext<SettingsContext>(options => options.UseNpgsql(first.ConnectionString).AmongMany());
        services.AddDbContext<NotesContext>(options => options.UseNpgsql(second.ConnectionString).AmongMany());
        await using var provider = services.BuildServiceProvider();

        await SaveAsync<SettingsContext>(provider, new Setting { Key = "a" });
        await SaveAsync<NotesContext>(provider, new Note { Text = "b" }, new Ignored());

        var outboxes = provider.GetServices<IOutboxReader>().ToDictionary(outbox => outbox.Name);
        Assert.Equal(["setting__created"], await NamesAsync(outboxes[nameof(SettingsContext)]));
        Assert.Equal(["note__created"], await NamesAsync(outboxes[nameof(NotesContext)]));
    }

    private static async Task SaveAsync<TContext>(ServiceProvider provider, params object[] entities)
        where TContext : DbContext
    {
        await using var scope = provider.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        await context.Database.EnsureCreatedAsync(Cancellation);
        context.AddRange(entities);
        await context.SaveChangesAsync(Cancellation);
    }

    private static async Task<IEnumerable<string>> NamesAsync(IOutboxReader outbox)
    {
        await using var session = await outbox.OpenAsync(Cancellation);
        return (await session.ClaimAsync(LaneSlice.All, 100, Cancellation)).Select(entry => entry.Event.Name);
    }

    private sealed class Note
    {
        public int Id { get; set; }

        public string Text { get; set; } = "";
    }

    private sealed class Ignored
    {
        public int Id { get; set; }
    }

    private sealed class SettingsContext(DbContextOptions<SettingsContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<Setting>().HasKey(s => s.Key);
    }

    private sealed class NotesContext(DbContextOptions<NotesContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Note>();
            modelBuilder.Entity<Ignored>();
        }
    }
}
