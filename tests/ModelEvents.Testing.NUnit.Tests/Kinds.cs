using ModelEvents.Testing.Bakery;

namespace ModelEvents.Testing.NUnit.Tests;

internal sealed class Without_an_attribute<T>() : Kind("cake__created", "loaf__created")
{
    [Test, Repeat(Rounds.Count)]
    public async Task All_models_are_dispatched() =>
        Assert.That(await BakeEverywhereAsync(), Is.EqualTo(Places.Each("cake__created", "loaf__created")));
}

internal sealed class A_method_disables_all_models<T>() : Kind()
{
    [Test, Repeat(Rounds.Count), DisableDispatcher]
    public async Task Nothing_is_dispatched() => Assert.That(await BakeEverywhereAsync(), Is.Empty);
}

[DisableDispatcher]
internal sealed class A_class_disables_all_models<T>() : Kind()
{
    [Test, Repeat(Rounds.Count)]
    public async Task Nothing_is_dispatched() => Assert.That(await BakeEverywhereAsync(), Is.Empty);
}

[DisableDispatcher]
internal abstract class Silent() : Kind();

internal sealed class A_base_class_disables_all_models<T> : Silent
{
    [Test, Repeat(Rounds.Count)]
    public async Task Nothing_is_dispatched() => Assert.That(await BakeEverywhereAsync(), Is.Empty);
}

internal sealed class A_method_disables_a_type<T>() : Kind("cake__created")
{
    [Test, Repeat(Rounds.Count), DisableDispatcher(typeof(Loaf))]
    public async Task The_others_are_dispatched() =>
        Assert.That(await BakeEverywhereAsync(), Is.EqualTo(Places.Each("cake__created")));
}

internal sealed class A_method_disables_a_name<T>() : Kind("cake__created")
{
    [Test, Repeat(Rounds.Count), DisableDispatcher("bakery.loaf")]
    public async Task The_others_are_dispatched() =>
        Assert.That(await BakeEverywhereAsync(), Is.EqualTo(Places.Each("cake__created")));
}

internal sealed class A_method_disables_several_types<T>() : Kind()
{
    [Test, Repeat(Rounds.Count), DisableDispatcher(typeof(Loaf), typeof(Cake))]
    public async Task None_of_them_is_dispatched() => Assert.That(await BakeEverywhereAsync(), Is.Empty);
}

[DisableDispatcher(typeof(Loaf))]
internal sealed class A_class_and_a_method_add_up<T>() : Kind()
{
    [Test, Repeat(Rounds.Count), DisableDispatcher("Cake")]
    public async Task Nothing_is_dispatched() => Assert.That(await BakeEverywhereAsync(), Is.Empty);
}

internal sealed class A_scope_disables_all_models<T>() : Kind("cake__created", "loaf__created")
{
    [Test, Repeat(Rounds.Count)]
    public async Task Nothing_is_dispatched()
    {
        using (Dispatcher.Disable())
            Assert.That(await BakeEverywhereAsync(), Is.Empty);
    }
}

internal sealed class A_scope_disables_a_model<T>() : Kind("cake__created", "loaf__created")
{
    [Test, Repeat(Rounds.Count)]
    public async Task The_others_are_dispatched()
    {
        using (Dispatcher.Disable<Loaf>())
            Assert.That(await BakeEverywhereAsync(), Is.EqualTo(Places.Each("cake__created")));
    }
}

internal sealed class A_scope_disables_one_object<T>() : Kind("cake__created", "loaf__created")
{
    [Test, Repeat(Rounds.Count)]
    public async Task Others_of_its_model_are_dispatched_and_so_is_it_afterwards() =>
        Assert.That(
            await BakeOneSilentlyAsync(), Is.EqualTo(new[] { "first: loaf__deleted", "second: loaf__created" }));
}
