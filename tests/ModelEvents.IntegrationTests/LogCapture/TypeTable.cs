using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ModelEvents.Catalog;
using ModelEvents.Tests.Catalog;

namespace ModelEvents.Tests.LogCapture;

/// <summary>Types that a property can have, each with a value and what a default body has of it.</summary>
internal sealed class TypeTable : List<TypeRow>
{
    /// <summary>Adds a value that is stored in the type that the provider chooses, or in the given one.</summary>
    public void Add<T>(T value, string json, string? storeType = null)
        where T : notnull =>
        Add(new TypeRow<T>($"Row{Count:000}", value, json, storeType));

    /// <summary>Maps each as an entity type of its own.</summary>
    public void Map(ModelBuilder modelBuilder) => ForEach(row => row.Map(modelBuilder));

    /// <summary>Lists them all.</summary>
    public void List(ModelEventsOptions options) =>
        ForEach(row => options.Models.Add(new ModelOptions { Model = row.Name }));

    /// <summary>Inserts one of each, changes what is beside the value, and deletes them, each in a save of its own.</summary>
    public async Task SaveAsync(DbContext context, bool andDelete, CancellationToken cancellationToken)
    {
        foreach (var row in this)
            await row.SaveAsync(context, andDelete, cancellationToken);
    }

    /// <summary>What is to be told of that.</summary>
    public IEnumerable<string> Told(bool andDelete) => this.SelectMany(row => row.Told(andDelete));

    /// <summary>What of the bodies is not as the catalog describes it.</summary>
    public IEnumerable<string> MistakesIn(IModelEventCatalog catalog) => this.SelectMany(row => row.MistakesIn(catalog));

    /// <summary>What was told, beside the type that it was told of.</summary>
    public IEnumerable<string> Named(IEnumerable<string> told) =>
        told.Select(one => $"{this[int.Parse(one.AsSpan(3, 3), CultureInfo.InvariantCulture)]}: {one}");
}

/// <summary>One of them, mapped under a name of its own.</summary>
internal abstract class TypeRow(string name, string json)
{
    public string Name => name;

    public abstract void Map(ModelBuilder modelBuilder);

    public abstract Task SaveAsync(DbContext context, bool andDelete, CancellationToken cancellationToken);

    public IEnumerable<string> Told(bool andDelete)
    {
        var prefix = $"{this}: {name.ToLowerInvariant()}";
        yield return $"{prefix}__created 1 {Body("made")}";
        yield return $"{prefix}__updated 1 {Body("changed")} note";
        if (andDelete)
            yield return $"{prefix}__deleted 1 {Body("changed")}";
    }

    public IEnumerable<string> MistakesIn(IModelEventCatalog catalog)
    {
        using var body = JsonDocument.Parse(Body("made"));
        var known = catalog.Events.Single(e => e.Name == $"{name.ToLowerInvariant()}__created");
        return [.. new SchemaChecker(known.BodySchema).MistakesIn(body.RootElement).Select(mistake => $"{this}: {mistake}")];
    }

    private string Body(string note) => $$"""{"id":1,"note":"{{note}}","value":{{json}}}""";
}

/// <inheritdoc />
internal sealed class TypeRow<T>(string name, T value, string json, string? storeType) : TypeRow(name, json)
    where T : notnull
{
    public override string ToString() =>
        storeType is null ? Models.TypeNames.Of(typeof(T)) : $"{Models.TypeNames.Of(typeof(T))} ({storeType})";

    public override void Map(ModelBuilder modelBuilder) => modelBuilder.SharedTypeEntity<Holder<T>>(Name, type =>
    {
        type.Property(row => row.Id).ValueGeneratedNever();
        if (storeType is not null)
            type.Property(row => row.Value).HasColumnType(storeType);
    });

    public override async Task SaveAsync(DbContext context, bool andDelete, CancellationToken cancellationToken)
    {
        var holder = new Holder<T> { Id = 1, Note = "made", Value = value };
        context.Set<Holder<T>>(Name).Add(holder);
        await context.SaveChangesAsync(cancellationToken);
        holder.Note = "changed";
        await context.SaveChangesAsync(cancellationToken);
        if (!andDelete)
            return;

        context.Set<Holder<T>>(Name).Remove(holder);
        await context.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>An entity with a value of one type.</summary>
internal sealed class Holder<T>
{
    public int Id { get; set; }

    public string Note { get; set; } = "";

    public required T Value { get; set; }
}
