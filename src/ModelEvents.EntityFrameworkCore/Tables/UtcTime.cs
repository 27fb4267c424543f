using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ModelEvents.Tables;

/// <summary>How points in time are stored: as UTC, whatever the provider makes of offsets.</summary>
internal static class UtcTime
{
    public static ValueConverter<DateTimeOffset, DateTime> Converter { get; } = new(
        time => time.UtcDateTime,
        stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));
}
