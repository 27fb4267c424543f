using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.Xunit.Tests;

/// <summary>Two tests that run at the same time on one host.</summary>
internal abstract class SharedHost
{
    public static SharedBakery Bakery { get; set; } = null!;
}

internal sealed class A_disabled_test_that_starts_it : SharedHost
{
    [Fact, DisableDispatcher]
    public Task Starts_it() => Bakery.StartAsync();
}

internal sealed class A_test_beside_it : SharedHost
{
    [Fact]
    public async Task Has_its_requests_dispatched_and_its_background_silent()
    {
        var (ofRequest, inBackground) = await Bakery.VisitAsync();

        Assert.Equal(["cake__created", "loaf__created"], ofRequest);
        Assert.Empty(inBackground);
    }
}
