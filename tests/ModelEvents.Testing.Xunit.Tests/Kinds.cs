using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.Xunit.Tests;

internal sealed class Without_an_attribute() : Kind("cake__created", "loaf__created")
{
    [Theory, MemberData(nameof(All))]
    public async Task All_models_are_dispatched(int round) =>
        Assert.Equal(Places.Each("cake__created", "loaf__created"), await BakeEverywhereAsync(round));
}

internal sealed class A_method_disables_all_models() : Kind()
{
    [Theory, MemberData(nameof(All)), DisableDispatcher]
    public async Task Nothing_is_dispatched(int round) => Assert.Empty(await BakeEverywhereAsync(round));
}

[DisableDispatcher]
internal sealed class A_class_disables_all_models() : Kind()
{
    [Theory, MemberData(nameof(All))]
    public async Task Nothing_is_dispatched(int round) => Assert.Empty(await BakeEverywhereAsync(round));
}

[DisableDispatcher]
internal abstract class Silent() : Kind();

internal sealed class A_base_class_disables_all_models : Silent
{
    [Theory, MemberData(nameof(All))]
    public async Task Nothing_is_dispatched(int round) => Assert.Empty(await BakeEverywhereAsync(round));
}

internal sealed class A_method_disables_a_type() : Kind("cake__created")
{
    [Theory, MemberData(nameof(All)), DisableDispatcher(typeof(Loaf))]
    public async Task The_others_are_dispatched(int round) =>
        Assert.Equal(Places.Each("cake__created"), await BakeEverywhereAsync(round));
}

internal sealed class A_method_disables_a_name() : Kind("cake__created")
{
    [Theory, MemberData(nameof(All)), DisableDispatcher("bakery.loaf")]
    public async Task The_others_are_dispatched(int round) =>
        Assert.Equal(Places.Each("cake__created"), await BakeEverywhereAsync(round));
}

internal sealed class A_method_disables_several_types() : Kind()
{
    [Theory, MemberData(nameof(All)), DisableDispatcher(typeof(Loaf), typeof(Cake))]
    public async Task None_of_them_is_dispatched(int round) => Assert.Empty(await BakeEverywhereAsync(round));
}

[DisableDispatcher(typeof(Loaf))]
internal sealed class A_class_and_a_method_add_up() : Kind()
{
    [Theory, MemberData(nameof(All)), DisableDispatcher("Cake")]
    public async Task Nothing_is_dispatched(int round) => Assert.Empty(await BakeEverywhereAsync(round));
}

internal sealed class A_scope_disables_all_models() : Kind("cake__created", "loaf__created")
{
    [Theory, MemberData(nameof(All))]
    public async Task Nothing_is_dispatched(int round)
    {
        using (Dispatcher.Disable())
            Assert.Empty(await BakeEverywhereAsync(round));
    }
}

internal sealed class A_scope_disables_a_model() : Kind("cake__created", "loaf__created")
{
    [Theory, MemberData(nameof(All))]
    public async Task The_others_are_dispatched(int round)
    {
        using (Dispatcher.Disable<Loaf>())
            Assert.Equal(Places.Each("cake__created"), await BakeEverywhereAsync(round));
    }
}

internal sealed class A_scope_disables_one_object() : Kind("cake__created", "loaf__created")
{
    [Theory, MemberData(nameof(All))]
    public async Task Others_of_its_model_are_dispatched_and_so_is_it_afterwards(int round) =>
        Assert.Equal(["first: loaf__deleted", "second: loaf__created"], await BakeOneSilentlyAsync(round));
}
