using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Models;
using ModelEvents.Serialization;
using ModelEvents.Tests.Configuration;
using Shop;
using Shop.Events;

namespace ModelEvents.Tests.Serialization;

public sealed class BodySerializerTests
{
    private static readonly Order Sold = new() { Number = "A<1>ä", Status = "sold" };

    [Fact]
    public void A_result_is_written_in_snake_case_without_needless_escapes()
    {
        var body = Body<OrderSerializer>(Sold);

        Assert.Equal("""{"order_number":"A<1>ä","extra":{"the_status":"sold"}}""", body);
    }

    [Theory]
    [InlineData(PropertyNaming.CamelCase, """{"orderNumber":"","extra":{"theStatus":""}}""")]
    [InlineData(PropertyNaming.None, """{"OrderNumber":"","Extra":{"TheStatus":""}}""")]
    public void Property_names_follow_the_option(PropertyNaming naming, string expected)
    {
        Assert.Equal(expected, Body<OrderSerializer>(new Order(), options => options.PropertyNaming = naming));
    }

    [Fact]
    public void Dictionaries_nodes_and_enums_are_written_as_they_are()
    {
        Assert.Equal("""{"TheKey":1,"node":{"Inner":[1,2]},"status":1}""", Body<MixedSerializer>(Sold));
    }

    [Fact]
    public void Code_can_add_converters()
    {
        var body = Body<MixedSerializer>(Sold, options => options.Json.Converters.Add(new JsonStringEnumConverter()));

        Assert.Equal("""{"TheKey":1,"node":{"Inner":[1,2]},"status":"OutForDelivery"}""", body);
    }

    [Fact]
    public void A_derived_instance_is_written_by_the_serializer_of_the_listed_model()
    {
        Assert.Equal(
            """{"order_number":"X","extra":{"the_status":""}}""",
            Body<OrderSerializer>(new SpecialOrder { Number = "X" }));
    }

    [Fact]
    public void A_serializer_that_returns_nothing_writes_null()
    {
        Assert.Equal("null", Body<NullSerializer>(Sold));
    }

    [Fact]
    public void An_exception_names_model_and_serializer()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Body<FailingSerializer>(Sold));

        Assert.Equal(
            "The serializer 'ModelEvents.Tests.Serialization.FailingSerializer' failed for the model 'Shop.Order': "
            + "no number. Correct it, or remove it from the model list to publish the default body.",
            exception.Message);
        Assert.IsType<FormatException>(exception.InnerException);
    }

    [Fact]
    public void A_registered_serializer_is_the_one_that_is_used()
    {
        var services = Services<CountingSerializer>();
        var registered = new CountingSerializer(TimeProvider.System);
        services.AddSingleton(registered);
        var listed = Listed(services);

        Assert.Equal("1", Write(listed, Sold));
        Assert.Equal(1, registered.Count);
    }

    [Fact]
    public void An_unregistered_serializer_is_made_once_with_what_its_constructor_needs()
    {
        var listed = Listed(Services<CountingSerializer>());

        Assert.Equal("1", Write(listed, Sold));
        Assert.Equal("2", Write(listed, Sold));
    }

    [Fact]
    public void A_scoped_serializer_is_refused()
    {
        var services = Services<OrderSerializer>();
        services.AddScoped<OrderSerializer>();

        Assert.Equal(
            [
                "The serializer 'Shop.Events.OrderSerializer' is registered as scoped, but it is made once for all "
                + "saves. Register it as a singleton, or not at all.",
            ],
            ConfiguredShop.MistakesOf(services));
    }

    [Fact]
    public void A_serializer_that_cannot_be_made_is_refused()
    {
        var mistake = Assert.Single(ConfiguredShop.MistakesOf(Services<NeedySerializer>()));

        Assert.StartsWith(
            "The serializer 'ModelEvents.Tests.Serialization.NeedySerializer' cannot be made: ",
            mistake,
            StringComparison.Ordinal);
        Assert.EndsWith("Register what its constructor needs as singletons.", mistake, StringComparison.Ordinal);
    }

    private static string Body<TSerializer>(Order order, Action<ModelEventsOptions>? configure = null)
        where TSerializer : class, IModelSerializer<Order> =>
        Write(Listed(Services<TSerializer>(configure)), order);

    private static ServiceCollection Services<TSerializer>(Action<ModelEventsOptions>? configure = null)
        where TSerializer : class, IModelSerializer<Order> =>
        ConfiguredShop.Services("{}", options =>
        {
            options.ServiceName = "shop";
            options.Model<Order>(order => order.SerializeWith<TSerializer>());
            configure?.Invoke(options);
        });

    private static ListedModel Listed(ServiceCollection services) =>
        services.BuildServiceProvider().GetRequiredService<ModelListProvider>().Current.Models.Single();

    private static string Write(ListedModel listed, Order order)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, BodySerializer.WriterOptions);
        listed.Serializer!.Write(writer, order);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

public sealed class MixedSerializer : IModelSerializer<Order>
{
    public object? Serialize(Order model) => new Dictionary<string, object>
    {
        ["TheKey"] = 1,
        ["node"] = new JsonObject { ["Inner"] = new JsonArray(1, 2) },
        ["status"] = ShipmentStatus.OutForDelivery,
    };
}

public sealed class NullSerializer : IModelSerializer<object>
{
    public object? Serialize(object model) => null;
}

public sealed class FailingSerializer : IModelSerializer<Order>
{
    public object? Serialize(Order model) => throw new FormatException("no number.");
}

public sealed class CountingSerializer(TimeProvider time) : IModelSerializer<Order>
{
    public int Count { get; private set; }

    public object? Serialize(Order model) => time is null ? null : ++Count;
}

public sealed class NeedySerializer(IFormatProvider missing) : IModelSerializer<Order>
{
    public object? Serialize(Order model) => missing;
}
