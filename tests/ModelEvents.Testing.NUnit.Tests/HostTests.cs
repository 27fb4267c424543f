using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

/// <summary>What a host saves outside of the test's flow: in requests and in the background.</summary>
public sealed class HostTests
{
    private static readonly string[] All = ["cake__created", "crumb__created", "loaf__created"];

    // Of hosts that a test of this assembly has started.
    private static readonly string[] WithoutCrumbs = ["cake__created", "loaf__created"];

    [Test]
    public async Task A_disabled_host_is_silent_in_requests_and_in_the_background_and_others_are_not()
    {
        await using var silent = new BakeryHost(requestsInFlowOfTest: false);
        await using var loud = new BakeryHost(requestsInFlowOfTest: false);

        for (var round = 0; round < Rounds.Count; round++)
        {
            using (silent.Services.DisableDispatcher())
                await Task.WhenAll(BakeAsync(silent, $"{round}"), BakeAsync(loud, $"{round}"));
            await BakeAsync(silent, $"{round} again");

            Assert.That(EventsOf(silent, $"{round}"), Is.Empty);
            Assert.That(EventsOf(loud, $"{round}"), Is.EqualTo(All.Concat(WithoutCrumbs)));
            Assert.That(EventsOf(silent, $"{round} again"), Is.EqualTo(All.Concat(WithoutCrumbs)));
        }
    }

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

    private static Task BakeAsync(BakeryHost bakery, string key) =>
        Task.WhenAll(bakery.RequestAsync($"{key}, request"), bakery.Oven.BakeAsync($"{key}, background"));

    private static IEnumerable<string> EventsOf(BakeryHost bakery, string key) =>
        bakery.EventsOf($"{key}, request").Concat(bakery.EventsOf($"{key}, background"));

    [Test]
    public void The_helper_asks_for_no_later_NUnit_than_it_needs()
    {
        var needed = typeof(DisableDispatcherAttribute).Assembly.GetReferencedAssemblies()
            .Single(reference => reference.Name == "nunit.framework").Version;
        var used = typeof(TestAttribute).Assembly.GetName().Version;

        Assert.That((needed!.Major, used!.Major), Is.EqualTo((4, 5)));
    }
}
