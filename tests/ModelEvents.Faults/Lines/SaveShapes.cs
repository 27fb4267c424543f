using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Faults.Lines;

/// <summary>One random save of a writer, or one transaction of several.</summary>
internal sealed class SaveShapes(IServiceProvider services, Random random)
{
    private readonly ParcelContext _context = services.GetRequiredService<ParcelContext>();
    private readonly RowSaves _rows = new(services.GetRequiredService<ParcelContext>(), random);
    private readonly PartSaves _parts = new(services.GetRequiredService<ParcelContext>(), random);

    public Task RunAsync() => random.Next(100) switch
    {
        < 12 => _rows.CreateParcelAsync(),
        < 32 => _rows.UpdateParcelAsync(),
        < 42 => _parts.SaveLinesAsync(except: []),
        < 52 => _parts.SaveLinksAsync(except: []),
        < 66 => _rows.SaveShipmentAsync(),
        < 70 => _rows.DeleteShipmentAsync(),
        < 73 => _rows.ReplaceShipmentAsync(),
        < 82 => InTransactionAsync(_rows.DeleteParcelAsync),
        < 88 => InTransactionAsync(TriggerAsync),
        _ => InTransactionAsync(SeveralAsync),
    };

    /// <summary>Some end in a rollback, and some leave others time to overtake before they commit.</summary>
    private async Task InTransactionAsync(Func<Task> work)
    {
        await using var transaction = await _context.Database.BeginTransactionAsync();
        await work();
        if (random.Next(3) == 0)
            await Task.Delay(random.Next(200));
        await EndAsync(transaction);
    }

    private async Task EndAsync(IDbContextTransaction transaction)
    {
        switch (random.Next(10))
        {
            case 0:
                await transaction.RollbackAsync();
                break;
            case 1:
                break;
            case < 5:
                transaction.Commit();
                break;
            default:
                await transaction.CommitAsync();
                break;
        }
    }

    private async Task TriggerAsync()
    {
        var events = services.GetRequiredService<IModelEvents>();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var mark = await _context.NextMarkAsync();
            var key = random.Next(4) == 0 ? null : $"own-{random.Next(12)}";
            await _context.Database.ExecuteSqlAsync($"INSERT INTO own (mark, key) VALUES ({mark}, {key})");
            var body = new OwnBody(mark, key);
            if (key is null)
                await events.TriggerAsync(OwnEvents.Free, body);
            else if (random.Next(2) == 0)
                events.Trigger(OwnEvents.Keyed, body, key);
            else
                await events.TriggerAsync(OwnEvents.Keyed, body, key);
        }
    }

    /// <summary>Several saves of several kinds. A parcel's parts are saved by at most one of them, and not with its row.</summary>
    private async Task SeveralAsync()
    {
        var parcels = new List<long>();
        for (var count = random.Next(2, 6); count > 0; count--)
        {
            if (random.Next(4) == 0)
                await RollBackToSavepointAsync(parcels);
            else
                await OneOfSeveralAsync(parcels);
        }
    }

    private async Task OneOfSeveralAsync(List<long> parcels)
    {
        switch (random.Next(6))
        {
            case 0:
                parcels.Add(await _rows.CreateParcelAsync());
                break;
            case 1:
                parcels.Add(await _rows.UpdateParcelAsync(parcels));
                break;
            case 2:
                parcels.Add(await _parts.SaveLinesAsync(parcels));
                break;
            case 3:
                parcels.Add(await _parts.SaveLinksAsync(parcels));
                break;
            case 4:
                await _rows.SaveShipmentAsync();
                break;
            default:
                await TriggerAsync();
                break;
        }
    }

    private async Task RollBackToSavepointAsync(List<long> parcels)
    {
        var transaction = _context.Database.CurrentTransaction!;
        await transaction.CreateSavepointAsync("before");
        await OneOfSeveralAsync([.. parcels]);
        await transaction.RollbackToSavepointAsync("before");
        _context.ChangeTracker.Clear();
    }
}
