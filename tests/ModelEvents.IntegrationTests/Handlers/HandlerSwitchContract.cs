namespace ModelEvents.Tests.Handlers;

/// <summary>Handlers that are switched off and on while the program runs, wherever their events wait.</summary>
public abstract class HandlerSwitchContract(HandlerEngine engine)
{
    private const int SwitchedOn = 1403;
    private const int SwitchedOff = 1404;

    [Theory]
    [InlineData("Handlers:Mailer:Enabled")]
    [InlineData("Handlers:Enabled")]
    public async Task What_waits_for_a_handler_that_is_off_rests_and_what_is_appended_meanwhile_is_not_for_it(string key)
    {
        await using var warehouse = await Warehouse.CreateAsync(engine, hasBroker: true);
        var gate = new TaskCompletionSource();
        warehouse.Mailer.Handle = (_, ct) => gate.Task.WaitAsync(ct);
        await warehouse.StartAsync();
        await warehouse.MoveAsync("a", "a", "a");
        await warehouse.Queue!.WaitForAsync(3);
        await warehouse.UntilAsync(() => warehouse.Mailer.Calls == 1 && warehouse.Packer.Handled.Count == 3);

        warehouse.Set(key, "false");
        await warehouse.UntilAsync(() => Told(warehouse, SwitchedOff));
        gate.SetResult();
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 1);
        await warehouse.MoveAsync("a");
        await warehouse.Queue!.WaitForAsync(4);
        Assert.Single(warehouse.Mailer.Handled);
        await warehouse.UntilAsync(async () =>
            await warehouse.Outbox.GetStatusAsync(TestContext.Current.CancellationToken)
                is { Waiting: 2, Parked: 0, OldestWaiting: null });
        warehouse.Set(key, "true");
        await warehouse.UntilAsync(() => Told(warehouse, SwitchedOn));
        await warehouse.MoveAsync("a");
        await warehouse.Queue!.WaitForAsync(5);
        var packed = key == "Handlers:Enabled" ? 4 : 5;
        await warehouse.UntilAsync(() => warehouse.Mailer.Handled.Count == 4 && warehouse.Packer.Handled.Count == packed);

        var published = warehouse.Queue.Deliveries.Select(one => one.Properties.MessageId!).ToList();
        Assert.Equal(
            [published[0], published[1], published[2], published[4]], warehouse.Mailer.Handled.Select(e => $"{e.Id}"));
    }

    [Fact]
    public async Task A_handler_that_is_off_from_the_start_is_not_asked()
    {
        await using var warehouse = await Warehouse.CreateAsync(engine);
        warehouse.Set("Handlers:Mailer:Enabled", "false");
        await warehouse.StartAsync();

        await warehouse.MoveAsync("a");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 1);

        Assert.Empty(warehouse.Mailer.Asked);
        Assert.Equal(0, warehouse.Mailer.Calls);
    }

    [Fact]
    public async Task A_configuration_with_a_mistake_switches_nothing()
    {
        await using var warehouse = await Warehouse.StartAsync(engine);

        warehouse.Set("Handlers:Mailer:Enabled", "perhaps");
        warehouse.Set("Handlers:Packer:Enabled", "false");
        await warehouse.MoveAsync("a");
        await warehouse.UntilAsync(() => warehouse.Packer.Handled.Count == 1 && warehouse.Mailer.Handled.Count == 1);

        Assert.Empty(warehouse.Log.Lines(SwitchedOff));
    }

    private static bool Told(Warehouse warehouse, int what) =>
        warehouse.Log.Lines(what).Any(line => line.Contains("'Mailer'", StringComparison.Ordinal));
}
