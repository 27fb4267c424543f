using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Models;
using ModelEvents.Tests.Configuration;
using ModelEvents.Tests.Models;
using Shop;
using Shop.Events;

namespace ModelEvents.Tests.Documentation;

/// <summary>The other two shapes of the list that the README shows.</summary>
public sealed class ListTests
{
    [Fact]
    public void The_list_in_code_is_in_force()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IModelSource>(new ShopModels(ConfiguredShop.Models));
        AddList(services, new TestConfiguration(ConfiguredShop.Section("[]")).Root);

        var models = services.BuildServiceProvider().GetRequiredService<ModelListProvider>().Current.Models;

        Assert.Equal(
            [("Shop.Order", "order", "Status"), ("Shop.Customer", "client", null)],
            models.Select(model => (model.Name, model.Prefix, model.StatusField)));
    }

    [Fact]
    public void The_list_of_the_Django_original_works_as_it_stands()
    {
        var models = ConfiguredShop.Listed(Readme.CodeBlock("MODELS_CRUD_EVENT"));

        Assert.Equal(
            [("Shop.Order", "shop", "order", "Status"), ("Shop.Customer", "crm", "client", null)],
            models.Select(model => (model.Name, model.Service, model.Prefix, model.StatusField)));
    }

    private static void AddList(IServiceCollection services, IConfiguration configuration)
    {
        // <list>
        services.AddModelEvents(configuration, options => options
            .Model<Order>(model => model.StatusField(order => order.Status))
            .Model<Customer>(model => model.SerializeWith<CustomerSerializer>().EventNamePrefix("client")));
        // </list>
    }
}
