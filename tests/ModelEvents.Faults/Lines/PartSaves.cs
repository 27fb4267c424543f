namespace ModelEvents.Faults.Lines;

/// <summary>Saves that write owned rows or links alone. Exactly one new row of each has the number of the save.</summary>
internal sealed class PartSaves(ParcelContext context, Random random)
{
    /// <summary>Returns the key, or 0 where there was none.</summary>
    public async Task<long> SaveLinesAsync(IReadOnlyList<long> except)
    {
        if (await context.AnyParcelAsync(random, except) is not { } parcel)
            return 0;

        var mark = await context.NextMarkAsync();
        if (parcel.Lines.Count > 0 && random.Next(2) == 0)
        {
            parcel.Lines[random.Next(parcel.Lines.Count)].Mark = mark;
        }
        else
        {
            if (parcel.Lines.Count > 3)
                parcel.Lines.RemoveAt(random.Next(parcel.Lines.Count));
            parcel.Lines.Add(new ParcelLine { Number = mark * 10, Mark = mark });
        }

        await context.SaveInAnyWayAsync(random);
        return parcel.Id;
    }

    /// <inheritdoc cref="SaveLinesAsync"/>
    public async Task<long> SaveLinksAsync(IReadOnlyList<long> except)
    {
        if (await context.AnyParcelAsync(random, except) is not { } parcel)
            return 0;

        await context.Entry(parcel).Collection(p => p.Tags).LoadAsync();
        if (parcel.Tags.Count > 3)
            parcel.Tags.RemoveAt(random.Next(parcel.Tags.Count));
        parcel.Tags.Add(new Tag { Id = await context.NextMarkAsync() });
        await context.SaveInAnyWayAsync(random);
        return parcel.Id;
    }
}
