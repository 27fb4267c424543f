using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;
using ModelEvents.Capture;

namespace ModelEvents.LogCapture;

/// <summary>Reads from the database, after the commit, what rows of the log do not have.</summary>
internal sealed class InstanceLoader(DbContext context, CapturedModels models)
{
    private readonly Dictionary<(IEntityType, string Paths, string Key), IUpdateEntry?> _found = [];

    /// <summary>Loads the instances of those changes that need theirs; one that is gone by now stays unknown.</summary>
    public async Task LoadAsync(List<RowChange> changes, CancellationToken cancellationToken)
    {
        var wanted = changes.Where(change => change.NeedsInstance).Select(WantedBy).Where(IsKnown).ToList();
        foreach (var group in wanted.GroupBy(its => (its.Query.Type, its.Query.PathText)))
        {
            if (await TryLoadAsync([.. group], cancellationToken).ConfigureAwait(false) is null)
                continue;

            foreach (var its in group)
                its.Change.LoadFailure = await TryLoadAsync([its], cancellationToken).ConfigureAwait(false);
        }

        foreach (var its in wanted)
            its.Change.Loaded = _found.GetValueOrDefault(its.Place);
    }

    /// <summary>
    /// Loads; or returns why it cannot, where a table or column that the model has is gone, or a value is none of its
    /// property's: that is parked, or nothing would flow any more.
    /// </summary>
    private async Task<Exception?> TryLoadAsync(List<WantedInstance> wanted, CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(wanted, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && IsOfData(exception))
        {
            return exception;
        }
    }

    private async Task LoadAsync(List<WantedInstance> wanted, CancellationToken cancellationToken)
    {
        if (wanted[0].Query.CanFindMany && wanted.Count > 1)
        {
            var keys = wanted.DistinctBy(its => its.Text).Select(its => its.Values()[0]);
            await foreach (var instance in wanted[0].Query.FindManyAsync(context, keys, cancellationToken).ConfigureAwait(false))
            {
                var entry = TrackedEntries.Find(context, instance)!;
                _found[(wanted[0].Query.Type, wanted[0].Query.PathText, wanted[0].Query.KeyText(entry))] = entry;
            }

            return;
        }

        foreach (var its in wanted.DistinctBy(its => its.Text))
        {
            var instance = await its.Query.FindAsync(context, its.Values(), cancellationToken).ConfigureAwait(false);
            _found[its.Place] = instance is null ? null : TrackedEntries.Find(context, instance);
        }
    }

    private WantedInstance WantedBy(RowChange change)
    {
        var (type, key) = change.Shares is [var share, ..]
            ? (share.Plan.Unclear ?? share.Rows.Type.Type, [.. share.Rows.Key.Select(column => column.Property)])
            : (change.Belongings[0].How.Owner, change.Belongings[0].How.OwnerKey);
        return new WantedInstance(change, new InstanceQuery(type, key, PathsOf(type, change)));
    }

    /// <summary>What to load with an instance: links too where it was created with some.</summary>
    private IReadOnlyList<string> PathsOf(IEntityType type, RowChange change)
    {
        var listed = change.Shares is [{ Plan: { Unclear: not null } plan }, ..]
            ? [.. plan.Instances.SelectMany(rows => rows.Model.Listed.LoadNavigations).Distinct()]
            : models.Find(type)?.Listed.LoadNavigations ?? [];
        return change.Action == ChangeAction.Created && change.Belongings.Exists(one => one.How.Link is not null)
            ? [.. listed.Union(change.Belongings.Select(one => one.How.Link?.Navigation.Name).OfType<string>())]
            : listed;
    }

    private static bool IsKnown(WantedInstance wanted)
    {
        var (columns, row) = wanted.Change.Key();
        return wanted.Change.HasKey && !columns.Any(column => row[column.Column] is null or UnreadableValue);
    }

    /// <summary>Whether it would be the same again: neither the connection nor the server is to blame.</summary>
    public static bool IsOfData(Exception exception)
    {
        for (var its = exception; its is not null; its = its.InnerException)
        {
            if (its is IOException or TimeoutException or ObjectDisposedException or OperationCanceledException
                || (its is DbException refused && !IsOfStatement(refused)))
                return false;
        }

        return true;
    }

    // Classes 22 and 42 of https://www.postgresql.org/docs/current/errcodes-appendix.html: data exception, and syntax error
    // or access rule violation.
    private static bool IsOfStatement(DbException exception) =>
        exception.SqlState is { } state
        && (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("42", StringComparison.Ordinal));

    /// <summary>An instance that a change needs.</summary>
    private sealed record WantedInstance(RowChange Change, InstanceQuery Query)
    {
        public string Text { get; } = TextOf(Change);

        public (IEntityType, string, string) Place => (Query.Type, Query.PathText, Text);

        public object?[] Values()
        {
            var (columns, row) = Change.Key();
            return [.. columns.Select(column => column.Read(row))];
        }

        private static string TextOf(RowChange change)
        {
            var (columns, row) = change.Key();
            return EntityKey.Text([.. columns.Select(column => column.KeyPart(row))]);
        }
    }
}
