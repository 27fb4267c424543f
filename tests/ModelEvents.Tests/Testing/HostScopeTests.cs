using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Testing;

/// <summary>Scopes of a host, which hold in its requests and background services.</summary>
public sealed class HostScopeTests : IAsyncDisposable
{
    private readonly Bakery _bakery = new();

    [Fact]
    public async Task A_host_is_silent_in_every_flow_and_others_are_not()
    {
        await using var other = new Bakery();
        var opened = new TaskCompletionSource();
        var beside = Task.Run(
            async () =>
            {
                await opened.Task;
                await _bakery.AddAsync(new Cake());
            },
            TestContext.Current.CancellationToken);

        using (_bakery.Services.DisableDispatcher())
        {
            opened.SetResult();
            await beside;
            await other.AddAsync(new Loaf());
        }

        await _bakery.AddAsync(new Loaf());
        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
        Assert.Equal(["loaf__created"], await other.TakeNamesAsync());
    }

    [Fact]
    public async Task Models_of_a_host_are_disabled_one_by_one()
    {
        using (_bakery.Services.DisableDispatcher<Cake>())
            await _bakery.AddAsync(new Loaf(), new Cake());
        using (_bakery.Services.DisableDispatcher(typeof(Loaf)))
            await _bakery.AddAsync(new Loaf(), new Cake());

        Assert.Equal(["cake__created", "loaf__created"], (await _bakery.TakeNamesAsync()).Order());
    }

    [Fact]
    public async Task Scopes_of_a_host_nest()
    {
        var first = _bakery.Services.DisableDispatcher();
        var second = _bakery.Services.DisableDispatcher();
        first.Dispose();
        await _bakery.AddAsync(new Cake());
        second.Dispose();
        await _bakery.AddAsync(new Loaf());

        Assert.Equal(["loaf__created"], await _bakery.TakeNamesAsync());
    }

    [Fact]
    public void Services_without_ModelEvents_are_told()
    {
        using var services = new ServiceCollection().BuildServiceProvider();

        var failure = Assert.Throws<InvalidOperationException>(services.DisableDispatcher);
        Assert.Contains("'AddModelEvents'", failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _bakery.DisposeAsync();
}
