using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Types and keys that a row has otherwise than an instance: the change tracker and the log tell them alike.</summary>
public sealed class LogKeysTests : IAsyncLifetime
{
    private TwoSources<Gallery> _sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sources = await TwoSources<Gallery>.CreateAsync(
        options => options.Model<Painting>(m => m.StatusField(p => p.Style)).Model<Drawing>().Model<Loan>(),
        npgsql => npgsql.MapEnum<Style>());

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task Enum_types_of_the_database_are_told_alike_whatever_their_labels_are()
    {
        await using var context = _sources.NewContext();
        var painting = new Painting { Style = Style.OldMasters, Others = [Style.StillLife, Style.OldMasters] };
        context.AddRange(painting);
        await context.SaveChangesAsync(Cancellation);
        (painting.Style, painting.Was, painting.Others) = (Style.StillLife, Style.OldMasters, []);
        await context.SaveChangesAsync(Cancellation);
        context.Remove(painting);
        await context.SaveChangesAsync(Cancellation);

        var told = await _sources.ToldAlikeAsync();

        Assert.Equal(
            ["painting__old_masters", "painting__still_life", "painting__deleted"], told.Select(one => one.Split(' ')[0]));
        Assert.EndsWith(" others,style,was old_masters", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shadow_properties_of_owned_instances_are_told_alike()
    {
        await using var context = _sources.NewContext();
        var drawing = new Drawing { Frame = { Wood = "oak", Glass = new Glass { Kind = "clear" } } };
        context.Add(drawing);
        var frame = context.Entry(drawing).Reference(d => d.Frame).TargetEntry!;
        frame.Property("Width").CurrentValue = 3;
        await context.SaveChangesAsync(Cancellation);
        frame.Property("Maker").CurrentValue = "me";
        await context.SaveChangesAsync(Cancellation);
        frame.Reference(nameof(Frame.Glass)).TargetEntry!.Property("Thickness").CurrentValue = 2;
        await context.SaveChangesAsync(Cancellation);
        drawing.Frame.Glass = null;
        await context.SaveChangesAsync(Cancellation);

        var told = await _sources.ToldAlikeAsync();

        Assert.Equal(4, told.Count);
        Assert.Contains("\"width\":3", told[0], StringComparison.Ordinal);
        Assert.Contains("\"maker\":\"me\"", told[1], StringComparison.Ordinal);
        Assert.Contains("\"thickness\":2", told[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_several_converted_columns_are_told_alike()
    {
        await using var context = _sources.NewContext();
        var loan = new Loan { Number = new LoanNumber(7), Museum = Museum.FarSouth, Term = Style.OldMasters };
        context.Add(loan);
        await context.SaveChangesAsync(Cancellation);
        loan.Note = "insured";
        await context.SaveChangesAsync(Cancellation);
        context.Remove(loan);
        await context.SaveChangesAsync(Cancellation);

        var told = await _sources.ToldAlikeAsync();

        Assert.Equal(["loan__created", "loan__updated", "loan__deleted"], told.Select(one => one.Split(' ')[0]));
        Assert.All(told, one => Assert.Contains("\"L-7\",\"FarSouth\",", one, StringComparison.Ordinal));
        Assert.EndsWith(" note", told[1], StringComparison.Ordinal);
    }
}
