using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace ModelEvents.Tests.SameSave;

/// <summary>All that a context knows about what it tracks, and its own settings, as text.</summary>
internal static class Tracked
{
    public static string TextOf(DbContext context, IReadOnlyList<object> things)
    {
        var tracker = context.ChangeTracker;
        var detects = tracker.AutoDetectChangesEnabled;
        tracker.AutoDetectChangesEnabled = false;
        try
        {
            EntityEntry[] entries = [.. tracker.Entries()];
            var temporaries = new Temporaries(entries);
            var settings = $"detects {detects}, {context.Database.AutoTransactionBehavior}, in transaction "
                + $"{context.Database.CurrentTransaction is not null}, has changes {tracker.HasChanges()}\n";
            var lines = entries.Select(entry => TextOf(entry, things, temporaries)).Order(StringComparer.Ordinal);
            return settings + string.Join('\n', lines);
        }
        finally
        {
            tracker.AutoDetectChangesEnabled = detects;
        }
    }

    /// <summary>What is tracked, without a look for changes.</summary>
    public static IReadOnlyList<EntityEntry> Entries(DbContext context)
    {
        var detects = context.ChangeTracker.AutoDetectChangesEnabled;
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        EntityEntry[] entries = [.. context.ChangeTracker.Entries()];
        context.ChangeTracker.AutoDetectChangesEnabled = detects;
        return entries;
    }

    private static string TextOf(EntityEntry entry, IReadOnlyList<object> things, Temporaries temporaries)
    {
        var text = new StringBuilder(entry.Metadata.DisplayName()).Append(' ').Append(entry.State).Append(Number(entry.Entity, things));
        foreach (var property in entry.Properties)
            Append(text, property, temporaries);
        foreach (var property in entry.ComplexProperties)
        {
            text.Append(' ').Append(property.Metadata.Name).Append(property.CurrentValue is null ? "=null" : "={")
                .Append(property.IsModified ? "*" : "");
            foreach (var part in property.Properties)
                Append(text, part, temporaries);
        }

        foreach (var navigation in entry.Navigations)
        {
            text.Append(' ').Append(navigation.Metadata.Name).Append(navigation.IsLoaded ? " loaded" : "");
            if (navigation is CollectionEntry { CurrentValue: { } several })
                text.AppendJoin(',', several.Cast<object>().Select(one => Number(one, things)));
            else if (navigation is ReferenceEntry { CurrentValue: { } one })
                text.Append(Number(one, things));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, PropertyEntry property, Temporaries temporaries)
    {
        string Text(object? value) => temporaries.NameOf(property.Metadata, value)
            ?? (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } known ? known : "-");

        text.Append(' ').Append(property.Metadata.Name).Append('=').Append(Text(property.CurrentValue));
        if (!Equals(property.CurrentValue, property.OriginalValue))
            text.Append(" was ").Append(Text(property.OriginalValue));
        text.Append(property.IsModified ? "*" : "").Append(property.IsTemporary ? "~" : "");
    }

    private static string Number(object thing, IReadOnlyList<object> things)
    {
        for (var number = 0; number < things.Count; number++)
        {
            if (ReferenceEquals(things[number], thing))
                return $" #{number}";
        }

        return " #?";
    }
}
