using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>Two tests that run at the same time on one host.</summary>
internal abstract class SharedHost
{
    public static SharedBakery Bakery { get; set; } = null!;
}

internal sealed class A_disabled_test_that_starts_it<T> : SharedHost
{
    [Test, DisableDispatcher]
    public Task Starts_it() => Bakery.StartAsync();
}

internal sealed class A_test_beside_it<T> : SharedHost
{
    [Test]
    public async Task Has_its_requests_dispatched_and_its_background_silent()
    {
        var (ofRequest, inBackground) = await Bakery.VisitAsync();

        Assert.That(ofRequest, Is.EqualTo(new[] { "cake__created", "loaf__created" }));
        Assert.That(inBackground, Is.Empty);
    }
}
