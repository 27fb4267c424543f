using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.LogCapture;

/// <summary>
/// Reads what tells rows apart where the connection that reads the log cannot, as with keys of NodaTime's types: by the
/// context's own connection, to which the value is sent as the driver has it.
/// </summary>
internal sealed class UnreadKeys(DbContext context)
{
    private static readonly MethodInfo AskOf =
        typeof(UnreadKeys).GetMethod(nameof(AskAsync), BindingFlags.NonPublic | BindingFlags.Instance)!;

    private readonly Dictionary<(RowProperty Property, UnreadableValue Value), object> _read = [];

    /// <summary>Whether there are any in a row.</summary>
    public static bool AreIn(TablePlan plan, LogRow row)
    {
        foreach (var property in plan.Identity)
        {
            if (row.Before?[property.Column] is UnreadableValue || row.After?[property.Column] is UnreadableValue)
                return true;
        }

        return false;
    }

    /// <summary>Puts the values into the rows; one that cannot be read in this way either stays as it is.</summary>
    public async ValueTask ReadAsync(TablePlan plan, LogRow row, CancellationToken cancellationToken)
    {
        foreach (var property in plan.Identity)
        {
            await ReadAsync(property, row.Before, cancellationToken).ConfigureAwait(false);
            await ReadAsync(property, row.After, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ReadAsync(RowProperty property, object?[]? row, CancellationToken cancellationToken)
    {
        if (row?[property.Column] is not UnreadableValue { Stored: { } stored } unread)
            return;

        if (!_read.TryGetValue((property, unread), out var value))
        {
            value = await TryAskAsync(property, stored, cancellationToken).ConfigureAwait(false) ?? unread;
            _read.Add((property, unread), value);
        }

        row[property.Column] = value;
    }

    private async Task<object?> TryAskAsync(RowProperty property, object stored, CancellationToken cancellationToken)
    {
        try
        {
            var ask = AskOf.MakeGenericMethod(StoredEnum.TypeOf(property.Property));
            return await ((Task<object?>)ask.Invoke(this, [property, stored, cancellationToken])!).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && InstanceLoader.IsOfData(exception))
        {
            // Whoever makes the event parks it, with the reason.
            return null;
        }
    }

    private async Task<object?> AskAsync<T>(RowProperty property, object stored, CancellationToken cancellationToken)
    {
        var type = ((RelationalTypeMapping)property.Property.GetTypeMapping()).StoreType;
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT CAST(@value AS {type})";
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("value", stored);
            command.Parameters.Add(parameter);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return await reader.GetFieldValueAsync<T>(0, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }
}
