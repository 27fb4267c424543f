using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Models;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Dispatching;

namespace ModelEvents.Tests.Models;

public sealed class ReloadTests : IDisposable
{
    private readonly TestConfiguration _configuration = new(ConfiguredShop.Section("""[ { "Model": "Customer" } ]"""));
    private readonly RecordedLog _log = new();
    private readonly ServiceProvider _services;
    private readonly ModelListProvider _provider;

    public ReloadTests()
    {
        var services = new ServiceCollection();
        services.AddModelEvents(_configuration.Root);
        services.AddSingleton<IModelSource>(new ShopModels(ConfiguredShop.Models));
        services.AddLogging(logging => logging.AddProvider(_log));
        _services = services.BuildServiceProvider();
        _provider = _services.GetRequiredService<ModelListProvider>();
    }

    [Fact]
    public void A_changed_list_takes_effect()
    {
        Assert.Equal(["Shop.Customer"], _provider.Current.Models.Select(model => model.Name));

        _configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Shop.Order" }, { "Model": "Parcel" } ]"""));

        Assert.Equal(["Shop.Order", "Shop.Shipment.Parcel"], _provider.Current.Models.Select(model => model.Name));
        Assert.Equal(
            [
                "The model list is in force: 1 models, added Shop.Customer, removed none",
                "The model list is in force: 2 models, added Shop.Order, Shop.Shipment.Parcel, removed Shop.Customer",
            ],
            _log.Lines(1000));
    }

    [Fact]
    public void A_changed_property_naming_and_service_name_take_effect()
    {
        Assert.Equal(PropertyNaming.SnakeCase, _provider.Current.PropertyNaming);

        _configuration.Replace("""
            {
              "ModelEvents": {
                "ServiceName": "store", "PropertyNaming": "CamelCase", "Models": [ { "Model": "Customer" } ]
              }
            }
            """);

        Assert.Equal(PropertyNaming.CamelCase, _provider.Current.PropertyNaming);
        Assert.Equal("store", _provider.Current.Models[0].Service);
    }

    [Fact]
    public void The_source_of_a_models_changes_stays_until_a_restart()
    {
        Assert.Equal(CaptureSource.Tracker, _provider.Current.Models[0].Capture);

        for (var i = 0; i < 2; i++)
        {
            _configuration.Replace("""
                {
                  "ModelEvents": {
                    "ServiceName": "shop", "Delivery": "Wal", "Capture": "Log", "Models": [ { "Model": "Customer" } ]
                  }
                }
                """);
        }

        Assert.Equal(CaptureSource.Tracker, _provider.Current.Models[0].Capture);
        Assert.Equal(
            [
                "The changed configuration says 'Capture: Log' for 'Shop.Customer', which is captured with 'Tracker' until this "
                + "program is started again. Call 'IModelEventLog.SetUpAsync' when it is.",
            ],
            _log.Lines(1004));
    }

    [Fact]
    public void A_list_with_mistakes_is_logged_once_and_the_old_one_stays_in_force()
    {
        var before = _provider.Current;

        for (var i = 0; i < 2; i++)
            _configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Nobody" }, { "Modl": "Customer" } ]"""));

        Assert.Same(before, _provider.Current);
        var error = Assert.Single(_log.Lines(1002));
        Assert.Contains("The model 'Nobody' (ModelEvents:Models:0) is not mapped", error, StringComparison.Ordinal);
        Assert.Contains("'ModelEvents:Models:1:Modl' is not a known key.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_content_changes_nothing()
    {
        var before = _provider.Current;

        _configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Customer" } ]"""));

        Assert.Same(before, _provider.Current);
        Assert.Single(_log.Lines(1000));
    }

    [Fact]
    public void A_list_that_is_corrected_after_mistakes_takes_effect()
    {
        _ = _provider.Current;

        _configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Nobody" } ]"""));
        _configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Parcel" } ]"""));

        Assert.Equal(["Shop.Shipment.Parcel"], _provider.Current.Models.Select(model => model.Name));
    }

    [Fact]
    public void A_list_that_was_wrong_at_first_use_is_read_again()
    {
        _configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Nobody" } ]"""));
        Assert.Throws<OptionsValidationException>(() => _provider.Current);

        _configuration.Replace(ConfiguredShop.Section("""[ { "Model": "Customer" } ]"""));

        Assert.Equal(["Shop.Customer"], _provider.Current.Models.Select(model => model.Name));
    }

    [Fact]
    public void A_monitor_of_the_options_keeps_what_the_program_started_with()
    {
        var monitor = _services.GetRequiredService<IOptionsMonitor<ModelEventsOptions>>();
        _ = _provider.Current;
        Assert.Equal("shop", monitor.CurrentValue.ServiceName);

        _configuration.Replace("""{ "ModelEvents": { "ServiceName": 5, "Nonsense": true } }""");

        Assert.Equal("shop", monitor.CurrentValue.ServiceName);
    }

    [Fact]
    public async Task Concurrent_first_uses_get_one_list()
    {
        var lists = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _provider.Current)));

        Assert.All(lists, list => Assert.Same(_provider.Current, list));
        Assert.Single(_log.Lines(1000));
    }

    public void Dispose() => _services.Dispose();
}
