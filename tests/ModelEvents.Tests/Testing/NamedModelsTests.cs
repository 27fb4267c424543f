using ModelEvents.Testing;

namespace ModelEvents.Tests.Testing;

/// <summary>Models that are disabled by name, as the attributes of the test frameworks do it.</summary>
public sealed class NamedModelsTests : IAsyncDisposable
{
    private readonly Bakery _bakery = new();

    [Theory]
    [InlineData("ModelEvents.Tests.Testing.Cake")]
    [InlineData("Cake")]
    [InlineData("testing.cake")]
    public async Task A_name_follows_the_rules_of_the_model_list(string name)
    {
        var models = new NamedModels([name]);
        using (var scope = new DispatcherScope(models))
        {
            DispatcherScopes.Installed.EnterFlow(scope);
            await _bakery.AddAsync(new Loaf(), new Cake());
        }

        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
        Assert.Empty(models.FindMistakes());
    }

    [Fact]
    public async Task A_name_that_no_host_lists_is_a_mistake_at_the_end()
    {
        var models = new NamedModels(["Cake", "Testing.Laof"]);
        using var scope = new DispatcherScope(models);
        DispatcherScopes.Installed.EnterFlow(scope);
        await _bakery.AddAsync(new Loaf());

        Assert.Equal(
            [
                "The model 'Testing.Laof' is not listed. Did you mean 'ModelEvents.Tests.Testing.Loaf'? Listed models are "
                    + "'ModelEvents.Tests.Testing.Cake' and 'ModelEvents.Tests.Testing.Loaf'.",
            ],
            models.FindMistakes());
    }

    [Fact]
    public async Task A_name_is_also_checked_where_another_scope_disables_everything()
    {
        var models = new NamedModels(["Bread"]);
        using var all = Dispatcher.Disable();
        using var scope = new DispatcherScope(models);
        DispatcherScopes.Installed.EnterFlow(scope);
        await _bakery.AddAsync(new Loaf());

        Assert.Single(models.FindMistakes());
    }

    [Fact]
    public async Task A_name_that_fits_several_models_is_a_mistake()
    {
        var models = new NamedModels(["Cake"]);
        await using var bakery = new Bakery(options => options.Model<Cake>().Model<Fish.Cake>(cake => cake.EventNamePrefix("fish_cake")));
        using var scope = new DispatcherScope(models);
        DispatcherScopes.Installed.EnterFlow(scope);
        await bakery.AddAsync(new Cake());

        Assert.Equal(
            [
                "The model 'Cake' is ambiguous. "
                    + "Write 'ModelEvents.Tests.Testing.Cake' or 'ModelEvents.Tests.Testing.Fish.Cake'.",
            ],
            models.FindMistakes());
    }

    [Fact]
    public void Nothing_is_known_of_a_name_before_a_listed_model_was_saved() =>
        Assert.Empty(new NamedModels(["Bread"]).FindMistakes());

    [Fact]
    public async Task A_test_framework_may_say_which_scopes_belong_to_the_running_test()
    {
        var running = new AsyncLocal<DispatcherScope?>();
        DispatcherScopes.Installed.AddFramework(() => running.Value is { } scope ? [scope] : []);
        using (running.Value = new DispatcherScope(DisabledModels.Of(typeof(Cake))))
            await _bakery.AddAsync(new Loaf(), new Cake());
        await _bakery.AddAsync(new Cake());

        Assert.Equal(["cake__created", "loaf__created"], (await _bakery.TakeNamesAsync()).Order());
    }

    public ValueTask DisposeAsync() => _bakery.DisposeAsync();
}
