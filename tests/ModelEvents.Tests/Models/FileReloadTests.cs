using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Handlers;
using ModelEvents.Tests.Handlers;

namespace ModelEvents.Tests.Models;

/// <summary>What changes of files do to the list in force: what is missing is no intent.</summary>
public sealed class FileReloadTests
{
    private const int ReloadRefused = 1002;
    private const int SourceMissing = 1005;
    private const int ConfigurationBack = 1006;

    private const string Both = """{ "ModelEvents": { "Models": [ { "Model": "Customer" }, { "Model": "Shop.Order" } ] } }""";
    private const string Customer = """{ "ModelEvents": { "Models": [ { "Model": "Customer" } ] } }""";
    private const string FirstIsMissing =
        "'JsonConfigurationProvider for 'first.json' (Optional)' had settings of ModelEvents and has nothing in it any more: it is "
        + "missing, empty or cannot be read. Put it back, or restart this program if that is meant.";

    private static readonly string[] All = ["Shop.Customer", "Shop.Order"];

    [Fact]
    public async Task A_file_that_is_gone_changes_nothing_until_it_is_back()
    {
        using var shop = new ReloadedShop(Both);

        shop.Delete("first.json");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(All, shop.Listed);
        Assert.Equal(
            [$"The model list, and which handlers are switched on, stay as they were: {FirstIsMissing}"], shop.Log.Lines(SourceMissing));
        Assert.Equal([$"The model list stays as it was. {FirstIsMissing}"], shop.Conditions);

        shop.Write("first.json", Customer);
        await shop.UntilToldAsync(ConfigurationBack);

        Assert.Equal(["Shop.Customer"], shop.Listed);
        Assert.Empty(shop.Conditions);
        Assert.Single(shop.Log.Lines(SourceMissing));
    }

    /// <summary>Its provider throws where the file's watcher calls it, and tells nobody that it has nothing any more.</summary>
    [Fact]
    public async Task A_half_written_file_changes_nothing_and_is_told_though_its_provider_is_silent()
    {
        using var shop = new ReloadedShop(Both);

        shop.Write("first.json", Both[..50]);
        await shop.UntilAsync(its => its.Root["ModelEvents:Models:0:Model"] is null);
        shop.Clock.AdvanceToNext(shop.Clock.GetUtcNow().AddSeconds(5));

        Assert.Equal(All, shop.Listed);
        Assert.Single(shop.Log.Lines(SourceMissing));
        Assert.Equal([$"The model list stays as it was. {FirstIsMissing}"], shop.Conditions);

        shop.Write("first.json", Customer);
        await shop.UntilToldAsync(ConfigurationBack);

        Assert.Equal(["Shop.Customer"], shop.Listed);
        Assert.Empty(shop.Conditions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task A_file_that_has_nothing_changes_nothing(string text)
    {
        using var shop = new ReloadedShop(Both, onFailure: failed => failed.Ignore = true);

        shop.Write("first.json", text);
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(All, shop.Listed);
        Assert.Single(shop.Conditions);
    }

    [Fact]
    public async Task Another_file_that_changes_meanwhile_changes_nothing()
    {
        using var shop = new ReloadedShop(Both, """{ "Logging": { "Level": "Debug" } }""");

        shop.Write("first.json", Both[..50]);
        await shop.UntilAsync(its => its.Root["ModelEvents:Models:0:Model"] is null);
        shop.Write("second.json", """{ "Logging": { "Level": "Trace" } }""");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(All, shop.Listed);
    }

    [Fact]
    public async Task A_readable_file_without_the_list_changes_nothing()
    {
        using var shop = new ReloadedShop(Both);

        shop.Write("first.json", """{ "ModelEvents": { "AllowEmpty": true } }""");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(All, shop.Listed);
        Assert.Contains("'ModelEvents:Models', is in no source of the configuration any more", shop.Conditions[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_readable_list_without_a_model_takes_it_out()
    {
        using var shop = new ReloadedShop(Both);

        shop.Write("first.json", Customer);
        await shop.UntilAsync(its => its.Listed is ["Shop.Customer"] && its.Conditions is []);
    }

    [Fact]
    public async Task An_empty_list_is_a_mistake_at_a_reload_too_and_is_taken_where_it_is_allowed()
    {
        using var shop = new ReloadedShop(Both);

        shop.Write("first.json", """{ "ModelEvents": { "Models": [] } }""");
        await shop.UntilToldAsync(ReloadRefused);

        Assert.Equal(All, shop.Listed);
        Assert.Contains("No model is listed: 'ModelEvents:Models' is empty", shop.Conditions[0], StringComparison.Ordinal);

        shop.Write("first.json", """{ "ModelEvents": { "AllowEmpty": true, "Models": [] } }""");
        await shop.UntilAsync(its => its.Listed is [] && its.Conditions is []);
    }

    [Fact]
    public async Task What_a_second_file_adds_to_an_entry_stays_while_that_is_gone()
    {
        using var shop = new ReloadedShop(
            Customer, """{ "ModelEvents": { "Models": [ { "Exclude": [ "FullName" ], "StatusField": "Id" } ] } }""");
        Assert.Equal(("Id", "FullName"), (shop.Current.Models[0].StatusField, shop.Current.Models[0].Exclude[0]));

        shop.Delete("second.json");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(("Id", "FullName"), (shop.Current.Models[0].StatusField, shop.Current.Models[0].Exclude[0]));
    }

    [Fact]
    public async Task What_a_file_adds_to_a_model_that_is_listed_in_code_stays_while_it_is_gone()
    {
        using var shop = new ReloadedShop(
            """{ "ModelEvents": { "Models": [ { "Model": "Customer", "Exclude": [ "FullName" ] } ] } }""",
            register: (services, _) => services.Configure<ModelEventsOptions>(options => options.Model<Shop.Customer>()));

        shop.Delete("first.json");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(["FullName"], shop.Current.Models[0].Exclude);
    }

    [Fact]
    public async Task A_service_name_that_is_gone_changes_nothing_and_degrades()
    {
        using var shop = new ReloadedShop(Customer, """{ "ModelEvents": { "ServiceName": "store" } }""");
        Assert.Equal("store", shop.Current.ServiceName);

        shop.Delete("second.json");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal("store", shop.Current.ServiceName);
        Assert.Single(shop.Conditions);
    }

    [Fact]
    public async Task A_list_that_was_written_for_Django_stays_while_its_file_is_gone()
    {
        using var shop = new ReloadedShop("""{ "SERVICE_NAME": "shop", "MODELS_CRUD_EVENT": [ { "model": "Customer" } ] }""");

        shop.Delete("first.json");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(["Shop.Customer"], shop.Listed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_section_that_was_given_itself_stays_while_its_file_is_gone(bool isRootKnown)
    {
        using var shop = new ReloadedShop(
            Both,
            """{ "Logging": { "Level": "Debug" } }""",
            bound: root => root.GetSection("ModelEvents"),
            register: (services, root) =>
            {
                if (isRootKnown)
                    services.AddSingleton<IConfiguration>(root);
            });

        shop.Delete("first.json");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(All, shop.Listed);
        Assert.Single(shop.Conditions);
    }

    [Fact]
    public async Task A_configuration_inside_of_another_is_looked_into()
    {
        using var shop = new ReloadedShop(
            Both,
            bound: root => new ConfigurationBuilder().AddConfiguration(root).AddInMemoryCollection([new("Logging", "Debug")]).Build());

        shop.Delete("first.json");
        await shop.UntilToldAsync(SourceMissing);

        Assert.Equal(All, shop.Listed);
        Assert.Contains("first.json", shop.Conditions[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_a_file_switches_off_stays_off_while_it_is_gone()
    {
        using var shop = new ReloadedShop(
            Customer,
            """{ "ModelEvents": { "Handlers": { "Greeter": { "Enabled": false } } } }""",
            register: (services, root) =>
            {
                services.AddSingleton(new System.Collections.Concurrent.ConcurrentQueue<string>());
                services.AddModelEvents(root).AddEventHandler<Greeter>();
            });
        var switches = shop.Services.GetRequiredService<HandlerSwitches>();

        shop.Delete("second.json");
        await shop.UntilToldAsync(SourceMissing);
        Assert.False(switches.IsOn("Greeter"));

        shop.Write("second.json", """{ "ModelEvents": { "Handlers": { "Greeter": { "Enabled": true } } } }""");
        await shop.UntilAsync(_ => switches.IsOn("Greeter"));
    }

    [Fact]
    public async Task A_file_that_takes_anothers_place_takes_effect()
    {
        using var shop = new ReloadedShop(Both);

        shop.Replace("first.json", Customer);
        await shop.UntilAsync(its => its.Listed is ["Shop.Customer"] && its.Conditions is []);
    }

    /// <summary>As Kubernetes does it with the files of a ConfigMap: a link to a link to a folder, which is swapped.</summary>
    [Fact]
    public async Task A_folder_that_is_swapped_behind_a_link_takes_effect()
    {
        using var shop = new ReloadedShop(Both);
        foreach (var (folder, text) in new[] { ("one", Both), ("two", Customer) })
        {
            Directory.CreateDirectory(shop.PathOf(folder));
            shop.Write($"{folder}/first.json", text);
        }

        Link(shop, "..data", "one");
        Link(shop, "first.json", "..data/first.json");
        Link(shop, "..data", "two");
        // The watcher does not see it: the file's own link stays as it is. What it saw before may still be read meanwhile.
        await shop.UntilAsync(its =>
        {
            its.Root.Reload();
            return its.Listed is ["Shop.Customer"] && its.Conditions is [];
        });
    }

    private static void Link(ReloadedShop shop, string link, string target)
    {
        File.Delete(shop.PathOf(link));
        File.CreateSymbolicLink(shop.PathOf(link), target);
    }
}
