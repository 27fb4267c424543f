using ModelEvents.Testing;

namespace ModelEvents.Tests.Testing;

/// <summary>Scopes of a flow: what they disable, for how long and for whom.</summary>
public sealed class DispatcherTests : IAsyncDisposable
{
    private readonly Bakery _bakery = new();

    [Fact]
    public async Task Nothing_is_dispatched_while_all_models_are_disabled()
    {
        using (Dispatcher.Disable())
            await _bakery.AddAsync(new Loaf(), new Cake());
        await _bakery.AddAsync(new Cake());

        Assert.Equal(["cake__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task Other_models_than_the_disabled_one_are_dispatched()
    {
        using (Dispatcher.Disable<Cake>())
            await _bakery.AddAsync(new Loaf(), new Cake());

        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task A_scope_whose_flow_has_ended_before_any_save_is_told_when_it_is_disposed()
    {
        var scope = await OpenInFlowOfItsOwnAsync();
        await _bakery.AddAsync(new Loaf());

        var failure = Assert.Throws<InvalidOperationException>(scope.Dispose);
        scope.Dispose();

        Assert.StartsWith("'Dispatcher.Disable()' has disabled nothing: ", failure.Message);
        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task A_scope_may_be_disposed_elsewhere_once_a_save_was_in_its_flow()
    {
        var scope = await OpenInFlowOfItsOwnAsync(new Loaf());
        scope.Dispose();

        Assert.Empty(await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task A_scope_without_any_save_may_be_disposed_in_its_flow()
    {
        var scope = Dispatcher.Disable();
        await Task.Run(scope.Dispose, TestContext.Current.CancellationToken);
        await _bakery.AddAsync(new Loaf());

        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task Several_models_are_disabled_together()
    {
        using (Dispatcher.Disable(typeof(Cake), typeof(Loaf)))
            await _bakery.AddAsync(new Loaf(), new Cake());

        Assert.Empty(await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task Types_derived_from_the_disabled_one_are_disabled_too()
    {
        using (Dispatcher.Disable<Loaf>())
            await _bakery.AddAsync(new Baguette());

        Assert.Empty(await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task A_derived_type_is_disabled_alone_though_its_base_is_what_is_listed()
    {
        using (Dispatcher.Disable<Baguette>())
            await _bakery.AddAsync(new Baguette { Id = 1 }, new Loaf { Id = 2 });

        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task Only_the_disabled_instance_is_silent_with_what_it_owns_and_links()
    {
        var (silent, other, cake) = (new Loaf { Crust = new Crust() }, new Loaf { Crust = new Crust() }, new Cake());
        await _bakery.SaveAsync(context =>
        {
            using (Dispatcher.Disable())
            {
                context.AddRange(silent, other, cake);
                context.SaveChanges();
            }

            foreach (var loaf in new[] { silent, other })
            {
                loaf.Crust!.Thickness = 3;
                loaf.With.Add(cake);
            }

            using (Dispatcher.Disable(silent))
                context.SaveChanges();
        });

        // The cake is another instance, and linked to both.
        Assert.Equal(["cake__updated", "loaf__updated"], (await _bakery.TakeNamesAsync()).Order());
    }

    [Fact]
    public void The_name_of_a_model_is_not_taken_for_an_instance()
    {
        var failure = Assert.Throws<ArgumentException>(() => Dispatcher.Disable("Cake"));

        Assert.StartsWith("'Cake' is no instance of a model.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_restores_what_was_disabled()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            using (Dispatcher.Disable())
            {
                await _bakery.AddAsync(new Loaf());
                throw new InvalidOperationException();
            }
        });
        await _bakery.AddAsync(new Cake());

        Assert.Equal(["cake__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task A_model_disabled_twice_is_enabled_when_both_scopes_have_ended_in_any_order()
    {
        var first = Dispatcher.Disable<Cake>();
        var second = Dispatcher.Disable<Cake>();
        first.Dispose();
        first.Dispose();
        await _bakery.AddAsync(new Cake());
        Assert.Empty(await _bakery.TakeNamesAsync());

        second.Dispose();
        await _bakery.AddAsync(new Cake());
        Assert.Equal(["cake__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task Nested_scopes_add_up()
    {
        using (Dispatcher.Disable<Cake>())
        {
            using (Dispatcher.Disable<Loaf>())
                await _bakery.AddAsync(new Loaf(), new Cake());
            await _bakery.AddAsync(new Loaf(), new Cake());
        }

        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task What_a_scope_started_is_silent_until_the_scope_ends()
    {
        var ended = new TaskCompletionSource();
        Task running;
        using (Dispatcher.Disable())
        {
            await Task.Run(() => _bakery.AddAsync(new Loaf()), TestContext.Current.CancellationToken);
            running = Task.Run(
                async () =>
                {
                    await ended.Task;
                    await _bakery.AddAsync(new Cake());
                },
                TestContext.Current.CancellationToken);
        }

        ended.SetResult();
        await running;
        Assert.Equal(["cake__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public async Task A_flow_beside_the_scope_dispatches()
    {
        var (opened, saved) = (new TaskCompletionSource(), new TaskCompletionSource());
        var beside = Task.Run(
            async () =>
            {
                await opened.Task;
                await _bakery.AddAsync(new Cake());
                saved.SetResult();
            },
            TestContext.Current.CancellationToken);

        using (Dispatcher.Disable())
        {
            opened.SetResult();
            await saved.Task;
            await beside;
        }

        Assert.Equal(["cake__created"], await _bakery.TakeNamesAsync());
    }

    public ValueTask DisposeAsync() => _bakery.DisposeAsync();

    private async Task<IDisposable> OpenInFlowOfItsOwnAsync(params object[] saved)
    {
        await Task.Yield();
        var scope = Dispatcher.Disable();
        if (saved.Length > 0)
            await _bakery.AddAsync(saved);
        return scope;
    }
}
