using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>What a host saves outside of the test's flow: in requests and in the background.</summary>
public sealed class HostTests
{
    private static readonly string[] All = ["cake__created", "crumb__created", "loaf__created"];

    [Test, DisableDispatcher(typeof(Loaf))]
    public async Task A_host_started_in_a_disabled_test_is_disabled_in_the_background()
    {
        await using var bakery = new BakeryHost();
        await bakery.Oven.BakeAsync("background");

        Assert.That(bakery.EventsOf("background"), Is.EqualTo(new[] { "cake__created" }));
    }

    [Test, DisableDispatcher(typeof(Loaf))]
    public async Task A_request_is_disabled_only_if_the_server_keeps_the_flow_of_its_client()
    {
        await using var apart = new BakeryHost(requestsInFlowOfTest: false);
        await using var within = new BakeryHost(requestsInFlowOfTest: true);
        await apart.RequestAsync("request");
        await within.RequestAsync("request");

        Assert.That(apart.EventsOf("request"), Is.EqualTo(All));
        Assert.That(within.EventsOf("request"), Is.EqualTo(new[] { "cake__created" }));
    }

    [Test]
    public async Task A_shared_host_first_started_by_a_disabled_test_dispatches_the_requests_of_others()
    {
        await using var shared = SharedHost.Bakery = new SharedBakery();
        var run = InnerRun.Of(typeof(A_disabled_test_that_starts_it<>), typeof(A_test_beside_it<>));
        await shared.Host.Oven.BakeAsync("background, later");

        Assert.That(run.Failures, Is.Empty);
        Assert.That(shared.Host.EventsOf("background, later"), Is.EqualTo(All));
    }
}
