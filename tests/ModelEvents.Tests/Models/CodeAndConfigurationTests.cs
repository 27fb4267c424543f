using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Models;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;
using Shop;
using Shop.Events;

namespace ModelEvents.Tests.Models;

public sealed class CodeAndConfigurationTests
{
    [Fact]
    public void A_list_can_be_written_in_code()
    {
        var listed = ConfiguredShop.Listed("{}", options =>
        {
            options.ServiceName = "shop";
            options.Model<Order>(order => order
                .SerializeWith<OrderSerializer>().StatusField(o => o.Status).StatusEvents(StatusEvents.OnChange));
            options.Model<Shipment.Parcel>(parcel => parcel.EventNamePrefix("box").Exclude(p => p.Id));
        });

        Assert.Equal(["Shop.Order", "Shop.Shipment.Parcel"], listed.Select(model => model.Name));
        Assert.Equal(
            (typeof(OrderSerializer), "Status", StatusEvents.OnChange, "order"),
            (listed[0].SerializerType, listed[0].StatusField, listed[0].StatusEvents, listed[0].Prefix));
        Assert.Equal(["Id"], listed[1].Exclude);
        Assert.Equal("box", listed[1].Prefix);
    }

    [Fact]
    public void Code_and_configuration_merge_per_model_and_code_wins()
    {
        var log = new RecordedLog();
        var services = ConfiguredShop.Services(
            ConfiguredShop.Section(
                """
                [
                  { "Model": "Shop.Order", "EventNamePrefix": "sale", "StatusField": "status", "ServiceName": "sales" },
                  { "Model": "Customer" }
                ]
                """),
            options => options.Model<Order>(order => order
                .EventNamePrefix("purchase").StatusField(o => o.Status).SerializeWith<OrderSerializer>()));
        services.AddLogging(logging => logging.AddProvider(log));

        var listed = services.BuildServiceProvider().GetRequiredService<ModelListProvider>().Current.Models;

        Assert.Equal(["Shop.Order", "Shop.Customer"], listed.Select(model => model.Name));
        Assert.Equal(
            ("purchase", "sales", "Status", typeof(OrderSerializer)),
            (listed[0].Prefix, listed[0].Service, listed[0].StatusField, listed[0].SerializerType));
        Assert.Equal(
            [
                "A model is configured in two places: EventNamePrefix of 'Shop.Order' is 'purchase' (code) and 'sale' "
                + "(ModelEvents:Models:0); the first is in force",
            ],
            log.Lines(1001));
    }

    [Fact]
    public void The_source_of_changes_is_set_for_all_models_or_for_one()
    {
        var listed = ConfiguredShop.Listed(
            """
            {
              "ModelEvents": {
                "ServiceName": "shop", "Delivery": "Wal", "Capture": "Log",
                "Models": [ { "Model": "Shop.Order" }, { "Model": "Customer", "Capture": "Tracker" } ]
              }
            }
            """,
            options => options.Model<Shipment.Parcel>(parcel => parcel.Capture(CaptureSource.Tracker)));

        Assert.Equal(
            [CaptureSource.Log, CaptureSource.Tracker, CaptureSource.Tracker],
            listed.OrderByDescending(model => model.Name == "Shop.Order").Select(model => model.Capture));
    }

    [Fact]
    public void Capture_from_the_log_without_its_delivery_and_navigations_without_it_are_mistakes()
    {
        var mistakes = ConfiguredShop.MistakesOf(
            """
            {
              "ModelEvents": {
                "ServiceName": "shop", "Capture": "Log",
                "Models": [ { "Model": "Shop.Order", "Capture": "Tracker", "LoadNavigations": [ "Nowhere" ] } ]
              }
            }
            """);

        Assert.Equal(
            [
                "'ModelEvents:Capture' is 'Log', which needs the log as delivery too, where 'Delivery' is 'Outbox'. "
                + "Add '.UsePostgreSqlWal()' to 'Capture', or set 'Capture' to 'Tracker'.",
                "The LoadNavigations 'Nowhere' of model 'Shop.Order' is no navigation of it. "
                + "Write the names of navigation properties as they are in C#, such as 'Customer' or 'Order.Lines'.",
                "The model 'Shop.Order' has 'LoadNavigations', but is captured by the tracker, which has what the program has "
                + "loaded. Remove it, or set its 'Capture' to 'Log'.",
            ],
            mistakes);
    }

    [Fact]
    public void Registration_can_be_repeated()
    {
        var configuration = new TestConfiguration(ConfiguredShop.Section("""[ { "Model": "Customer" } ]""")).Root;
        var services = new ServiceCollection();
        services.AddSingleton<IModelSource>(new ShopModels(ConfiguredShop.Models));

        for (var i = 0; i < 2; i++)
            services.AddModelEvents(configuration, options => options.Model<Order>(order => order.Include(o => o.Id)));

        var listed = services.BuildServiceProvider().GetRequiredService<ModelListProvider>().Current.Models;
        Assert.Equal(["Shop.Customer", "Shop.Order"], listed.Select(model => model.Name).Order());
        Assert.Equal(["Id"], listed.Single(model => model.ClrType == typeof(Order)).Include);
    }

    [Fact]
    public void Registration_with_the_section_can_be_repeated()
    {
        var root = new TestConfiguration(ConfiguredShop.Section("""[ { "Model": "Customer" } ]""")).Root;
        var services = new ServiceCollection();
        services.AddSingleton<IModelSource>(new ShopModels(ConfiguredShop.Models));

        for (var i = 0; i < 2; i++)
            services.AddModelEvents(root.GetSection("ModelEvents"));

        var listed = services.BuildServiceProvider().GetRequiredService<ModelListProvider>().Current.Models;
        Assert.Equal("Shop.Customer", Assert.Single(listed).Name);
    }

    [Fact]
    public void A_models_own_settings_win_over_those_of_all_models()
    {
        var listed = ConfiguredShop.Listed("""
            {
              "ModelEvents": {
                "ServiceName": "shop", "StatusEvents": "OnChange", "UncapturedWrites": "Throw",
                "Models": [
                  { "Model": "Shop.Order" },
                  { "Model": "Customer", "StatusEvents": "always", "UncapturedWrites": "Ignore" }
                ]
              }
            }
            """);

        Assert.Equal([StatusEvents.OnChange, StatusEvents.Always], listed.Select(model => model.StatusEvents));
        Assert.Equal([UncapturedWrites.Throw, UncapturedWrites.Ignore], listed.Select(model => model.UncapturedWrites));
    }
}
