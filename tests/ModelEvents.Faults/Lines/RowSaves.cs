using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Faults.Lines;

/// <summary>Saves that write rows of models. An update writes every column, so that its body is known exactly.</summary>
internal sealed class RowSaves(ParcelContext context, Random random)
{
    private const int ShipmentKeys = 60;
    private static readonly string[] Statuses = ["packed", "on_way", "lost", "delivered"];

    public async Task<long> CreateParcelAsync()
    {
        var mark = await context.NextMarkAsync();
        var parcel = new Parcel { Content = "" };
        Write(parcel, mark);
        for (var lines = random.Next(3); lines > 0; lines--)
            parcel.Lines.Add(new ParcelLine { Number = mark * 10 + lines, Mark = mark });
        if (random.Next(2) == 0)
            parcel.Tags.Add(new Tag { Id = mark });
        context.Add(parcel);
        await SaveAsync();
        return parcel.Id;
    }

    public Task UpdateParcelAsync() => UpdateParcelAsync([]);

    /// <summary>Returns the key, or 0 where there was none.</summary>
    public async Task<long> UpdateParcelAsync(IReadOnlyList<long> except)
    {
        var parcel = await context.AnyParcelAsync(random, except);
        if (parcel is null)
            return await CreateParcelAsync();

        var mark = await context.NextMarkAsync();
        Write(parcel, mark);
        if (random.Next(4) == 0)
            parcel.Lines.Add(new ParcelLine { Number = mark * 10, Mark = mark });
        await SaveAsync();
        if (context.Database.CurrentTransaction is not null && random.Next(4) == 0)
        {
            Write(parcel, await context.NextMarkAsync());
            await SaveAsync();
        }

        return parcel.Id;
    }

    /// <summary>The row is locked before it is read: what is told of a delete is what was stored last.</summary>
    public async Task DeleteParcelAsync()
    {
        var id = await context.AnyParcelIdAsync(random, except: []);
        await context.Database.ExecuteSqlAsync($"SELECT FROM parcels WHERE id = {id} FOR UPDATE");
        var parcel = await context.Parcels.Include(p => p.Tags).SingleOrDefaultAsync(p => p.Id == id);
        if (parcel is null)
            return;

        context.Remove(parcel);
        await SaveAsync();
    }

    public async Task SaveShipmentAsync()
    {
        var id = AnyShipmentId();
        var shipment = await context.Shipments.FindAsync(id);
        if (shipment is null)
            context.Add(shipment = new Shipment { Id = id, Content = "", Status = "" });
        await WriteAsync(shipment);
        await SaveAsync();
    }

    public async Task DeleteShipmentAsync()
    {
        if (await context.Shipments.FindAsync(AnyShipmentId()) is not { } shipment)
            return;

        context.Remove(shipment);
        await SaveAsync();
    }

    /// <summary>A delete and an insert of the same key, in one save or in two of one transaction.</summary>
    public async Task ReplaceShipmentAsync()
    {
        var id = AnyShipmentId();
        await using var transaction = await context.Database.BeginTransactionAsync();
        if (await context.Shipments.FindAsync(id) is { } old)
        {
            context.Remove(old);
            if (random.Next(2) == 0)
                await SaveAsync();
        }

        var shipment = new Shipment { Id = id, Content = "", Status = "" };
        await WriteAsync(shipment);
        context.Add(shipment);
        await SaveAsync();
        await transaction.CommitAsync();
    }

    private async Task WriteAsync(Shipment shipment)
    {
        shipment.Mark = await context.NextMarkAsync();
        shipment.Content = Content(shipment.Mark);
        shipment.Status = Statuses[random.Next(Statuses.Length)];
    }

    private void Write(Parcel parcel, long mark)
    {
        parcel.Mark = mark;
        parcel.Content = Content(mark);
        parcel.Weight = mark + random.Next(100) / 100m;
        parcel.PackedAt = DateTime.UnixEpoch.AddSeconds(mark).AddMilliseconds(random.Next(1000));
    }

    /// <summary>Different in every save; now and then too large for a page, or for many events of a pack.</summary>
    private string Content(long mark)
    {
        var length = random.Next(100) switch { 0 => 60_000, < 5 => 6_000, _ => random.Next(200) };
        return $"{mark} \"ünï\" {new string((char)('a' + random.Next(26)), length)}";
    }

    private string AnyShipmentId() =>
        $"s-{(random.Next(3) == 0 ? random.Next(3) : random.Next(ShipmentKeys))}";

    private Task SaveAsync() => context.SaveInAnyWayAsync(random);
}
