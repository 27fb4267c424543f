using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Configuration;

namespace ModelEvents.Tests.Catalog;

public sealed class NameStyleTests
{
    [Fact]
    public async Task Dotted_events_say_which_instance_of_which_model_was_created_saved_or_deleted()
    {
        using var host = NewHost(options => options.Model<Train>());
        var train = new Train { Name = "ICE" };

        var events = await host.SaveAsync(context => context.Add(train));
        events = [.. events, .. await host.SaveAsync(_ => train.Name = "TGV")];
        events = [.. events, .. await host.SaveAsync(context => context.Remove(train))];

        Assert.Equal(["rail_train.created", "rail_train.saved", "rail_train.deleted"], events.Select(made => made.Name));
        Assert.All(events, made => Assert.Equal(
            $$"""{"model":"Train","id":{{train.Id}}}""", System.Text.Encoding.UTF8.GetString(made.Body.Span)));
        Assert.Equal(["created", "updated", "deleted"], events.Select(made => made.Headers[EventHeaders.Action]));
    }

    [Fact]
    public void The_catalog_has_the_names_and_bodies_of_the_style()
    {
        using var host = NewHost(options => options.Model<Train>());

        Assert.Equal(
            ["rail_train.created", "rail_train.saved", "rail_train.deleted"],
            host.EventsOfModels.Select(known => known.Name));
        Assert.Equal(
            """{"type":"object","properties":{"model":{"type":"string","const":"Train"},"id":{"type":"integer"}}"""
                + ""","required":["model","id"]}""",
            host.EventsOfModels[0].BodySchema.GetRawText());
    }

    [Fact]
    public async Task A_schema_takes_the_place_of_the_contexts_name_and_a_composite_key_is_a_list()
    {
        using var host = NewHost(options => options.Model<Stop>());

        var made = Assert.Single(await host.SaveAsync(context => context.Add(new Stop { Line = "U1", Number = 3 })));

        Assert.Equal("time_table_stop.created", made.Name);
        Assert.Equal("""{"model":"Stop","id":["U1",3]}""", System.Text.Encoding.UTF8.GetString(made.Body.Span));
    }

    [Fact]
    public async Task A_prefix_a_status_and_a_serializer_count_in_this_style_too()
    {
        using var host = NewHost(options => options.Model<Train>(model => model
            .EventNamePrefix("part_part").StatusField(train => train.Name).SerializeWith<TrainSerializer>()));

        var made = Assert.Single(await host.SaveAsync(context => context.Add(new Train { Name = "late" })));

        Assert.Equal("part_part.late", made.Name);
        Assert.Equal("\"late\"", System.Text.Encoding.UTF8.GetString(made.Body.Span));
        Assert.Equal(
            ["part_part.{status}", "part_part.created", "part_part.saved", "part_part.deleted"],
            host.EventsOfModels.Select(known => known.Name));
    }

    [Theory]
    [InlineData("Include")]
    [InlineData("Exclude")]
    public void A_selection_of_properties_that_are_not_written_is_a_mistake(string option)
    {
        var mistakes = ConfiguredShop.MistakesOf($$"""
            {
              "ModelEvents": {
                "ServiceName": "shop",
                "NameStyle": "dotted",
                "Models": [ { "Model": "Shop.Order", "{{option}}": [ "Number" ] } ]
              }
            }
            """);

        Assert.Equal(
            [
                $"The model 'Shop.Order' has '{option}', but with the 'NameStyle' 'Dotted' its body is its name and key alone. "
                    + "Remove it, or name a 'Serializer'.",
            ],
            mistakes);
    }

    [Fact]
    public void Another_style_is_a_mistake()
    {
        var mistakes = ConfiguredShop.MistakesOf("""
            { "ModelEvents": { "ServiceName": "shop", "NameStyle": "Dashed", "AllowEmpty": true } }
            """);

        Assert.Equal(
            ["'ModelEvents:NameStyle' is 'Dashed', which is not allowed. Write 'Dunder' or 'Dotted'."], mistakes);
    }

    private static CatalogHost<RailContext> NewHost(Action<ModelEventsOptions> configure) => new(options =>
    {
        options.NameStyle = NameStyle.Dotted;
        configure(options);
    });

    private sealed class Train
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";
    }

    private sealed class Stop
    {
        public string Line { get; set; } = "";

        public int Number { get; set; }
    }

    private sealed class TrainSerializer : IModelSerializer<Train>
    {
        public object Serialize(Train model) => model.Name;
    }

    private sealed class RailContext(DbContextOptions<RailContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Train>();
            modelBuilder.Entity<Stop>().ToTable("stops", "TimeTable").HasKey(stop => new { stop.Line, stop.Number });
        }
    }
}
