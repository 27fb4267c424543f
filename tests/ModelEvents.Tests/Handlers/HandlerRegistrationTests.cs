using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Handlers;

namespace ModelEvents.Tests.Handlers;

/// <summary>How handlers are registered, and what is told about their names when the program starts.</summary>
public sealed class HandlerRegistrationTests
{
    [Fact]
    public void A_handler_is_registered_once_under_the_name_of_its_class_or_another()
    {
        var services = new ServiceCollection();

        services.AddModelEvents(_ => { }).AddEventHandler<Greeter>().AddEventHandler<Treasurer>("money").AddEventHandler<Greeter>();

        var registered = services.Select(service => service.ImplementationInstance).OfType<HandlerType>();
        Assert.Equal([("Greeter", typeof(Greeter)), ("money", typeof(Treasurer))], registered.Select(one => (one.Name, one.Type)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_name_is_not_empty(string name) => Assert.Throws<ArgumentException>(
        () => new ServiceCollection().AddModelEvents(_ => { }).AddEventHandler<Greeter>(name));

    [Fact]
    public void A_name_is_no_longer_than_a_key_of_the_database() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new ServiceCollection().AddModelEvents(_ => { }).AddEventHandler<Greeter>(new string('x', 201)));

    [Fact]
    public async Task Two_handlers_of_one_name_stop_the_start() => Assert.Contains(
        "Several handlers are named 'Greeter': 'ModelEvents.Tests.Handlers.Greeter' and 'ModelEvents.Tests.Handlers.Treasurer'. "
        + "Give them names of their own: 'AddEventHandler<T>(\"name\")'.",
        await MistakesAsync(events => events.AddEventHandler<Greeter>().AddEventHandler<Treasurer>("Greeter")));

    [Fact]
    public async Task A_name_that_is_a_key_of_the_options_stops_the_start() => Assert.Contains(
        "The handler's name 'workers' is a key of 'ModelEvents:Handlers'. Give it another name.",
        await MistakesAsync(events => events.AddEventHandler<Greeter>("workers")));

    [Fact]
    public async Task All_mistakes_in_names_are_told_at_once() => Assert.Equal(
        [
            "The handler 'ModelEvents.Tests.Handlers.Greeter' is registered as 'Greeter' and as 'door'. Keep one of the names.",
            "The handler's name 'money:in' has a colon in it, so that the configuration cannot name it. Give it another name.",
        ],
        await MistakesAsync(
            events => events.AddEventHandler<Greeter>().AddEventHandler<Greeter>("door").AddEventHandler<Treasurer>("money:in")));

    [Fact]
    public async Task A_configured_name_that_nobody_has_stops_the_start_with_what_was_meant() => Assert.Contains(
        "'ModelEvents:Handlers:Greetr' is not a registered handler. Did you mean 'Greeter'?",
        await MistakesAsync(
            events => events.AddEventHandler<Greeter>(),
            """{ "ModelEvents": { "Handlers": { "Greetr": { "Enabled": false } } } }"""));

    [Fact]
    public async Task A_wrong_value_and_an_unknown_key_of_a_handler_are_told()
    {
        var mistakes = await MistakesAsync(
            events => events.AddEventHandler<Greeter>(),
            """{ "ModelEvents": { "Handlers": { "Workers": 17, "Greeter": { "Enabled": "perhaps", "Enable": true } } } }""");

        Assert.Equal(3, mistakes.Count);
        Assert.Contains("'ModelEvents:Handlers:Workers' is '17', out of its range. Set it to '1' or more, and at most '16'.", mistakes);
        Assert.Contains(
            "'ModelEvents:Handlers:Greeter:Enabled' is 'perhaps', which is not allowed. Write 'true' or 'false'.", mistakes);
        Assert.Contains("'ModelEvents:Handlers:Greeter:Enable' is not a known key. Did you mean 'Enabled'?", mistakes);
    }

    [Fact]
    public async Task Without_handlers_a_process_that_dispatches_needs_a_publisher_and_with_them_none()
    {
        Assert.StartsWith("No publisher is registered", Assert.Single(await MistakesAsync(_ => { })), StringComparison.Ordinal);
        Assert.Empty(await MistakesAsync(events => events.AddEventHandler<Greeter>()));
    }

    private static async Task<IReadOnlyList<string>> MistakesAsync(
        Action<ModelEventsBuilder> register, string configuration = "{}")
    {
        await using var club = new ClubHost(register, configuration);
        try
        {
            await club.StartAsync();
            return [];
        }
        catch (OptionsValidationException refusal)
        {
            return [.. refusal.Failures];
        }
    }
}
