using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Models;

namespace ModelEvents.Tests.Models;

/// <summary>Properties whose names become one in bodies, or several in a header.</summary>
public sealed class ToldNamesTests
{
    [Fact]
    public void They_are_refused_by_name_those_inside_too()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => ModelsOf(options => options.Model<Page>()));

        Assert.Equal(
            [
                "The properties 'FooBar' and 'Foo_Bar' of model 'ModelEvents.Tests.Models.ToldNamesTests.Page' are all called "
                    + "'foo_bar' in bodies. Rename one, leave it out by 'Exclude', or set 'PropertyNaming' to 'None'.",
                "The property 'Part' of model 'ModelEvents.Tests.Models.ToldNamesTests.Page' has 'ABc' and 'A_Bc' in 'Part', which "
                    + "are all called 'a_bc' in bodies. Rename one, or set 'PropertyNaming' to 'None'.",
            ],
            failure.Failures.Order());
    }

    [Fact]
    public void A_name_with_a_comma_is_refused()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => ModelsOf(options => options.Model<Line>()));

        Assert.Equal(
            ["The property 'a,b' of model 'ModelEvents.Tests.Models.ToldNamesTests.Line' has a comma in its name, which parts the "
                + "names in 'modelevents-changed'. Give it another one, and its column this one by 'HasColumnName'."],
            failure.Failures);
    }

    [Fact]
    public void They_may_be_left_out_or_told_as_they_are() => Assert.All(
        [
            ModelsOf(options => options.Model<Page>(page => page.Exclude(p => p.FooBar, p => p.Part))),
            ModelsOf(options => { options.Model<Page>(); options.PropertyNaming = PropertyNaming.None; }),
        ],
        count => Assert.Equal(1, count));

    private static int ModelsOf(Action<ModelEventsOptions> list)
    {
        var services = new ServiceCollection();
        services.AddModelEvents(options =>
        {
            options.ServiceName = "names";
            options.Dispatcher.Enabled = false;
            list(options);
        }).Capture<Pages>();
        services.AddDbContext<Pages>(options => options.UseInMemoryDatabase(nameof(ToldNamesTests)));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<ModelListProvider>().Current.Models.Count;
    }

    private sealed class Page
    {
        public int Id { get; set; }

        public string? FooBar { get; set; }

        public string? Foo_Bar { get; set; }

        public Part Part { get; set; } = new();
    }

    private sealed class Line
    {
        public int Id { get; set; }
    }

    private sealed class Part
    {
        public string? ABc { get; set; }

        public string? A_Bc { get; set; }
    }

    private sealed class Pages(DbContextOptions<Pages> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Page>().OwnsOne(page => page.Part);
            modelBuilder.Entity<Line>().Property<string?>("a,b");
        }
    }
}
