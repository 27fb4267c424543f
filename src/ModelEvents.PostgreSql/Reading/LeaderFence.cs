using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Outbox;

/// <summary>
/// Lets a process change what is set aside only while it leads, and another lead only after that: each such transaction
/// shares an advisory lock and then looks whether its process still leads, and who begins to lead waits once for the lock
/// alone. The lock ends with the transaction. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
/// </summary>
internal sealed class LeaderFence
{
    // Who leads next waits for a transaction whose process hangs, and no longer than this.
    private const string IdleTimeout = "5s";

    private string? _enter;
    private string? _also;

    /// <summary>Says that this process leads, and waits until transactions of others are over that did before.</summary>
    /// <param name="connection">A connection without a transaction.</param>
    /// <param name="key">The lock, as SQL.</param>
    /// <param name="leads">Whether this process leads, as SQL that does not depend on a snapshot.</param>
    /// <param name="enter">What to do besides at the beginning of each such transaction, as an expression of SQL.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task BeginAsync(
        DbConnection connection, string key, string leads, string enter, CancellationToken cancellationToken)
    {
        using var wait = connection.CreateCommand();
        wait.CommandTimeout = 0;

        // Both are one transaction, in which the limits of the role do not hold.
        wait.CommandText = "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true); "
            + $"SELECT pg_advisory_xact_lock({key})";
        await wait.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        _enter =
            $"SELECT pg_advisory_xact_lock_shared({key}), "
            + $"set_config('idle_in_transaction_session_timeout', '{IdleTimeout}', true), {enter}; SELECT {leads}";
    }

    /// <summary>Says when this process leads besides, until something else is said.</summary>
    public void LeadAlso(string? leads) => _also = leads is null ? "" : $" OR {leads}";

    /// <summary>Begins what only the process may do that leads, in the transaction of <paramref name="context"/>.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public async Task EnterAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (_enter is null)
            throw NotLeading();

        using var enter = context.Database.GetDbConnection().CreateCommand();
        enter.CommandText = _enter + _also;
        var reader = await enter.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false) || !reader.GetBoolean(0))
            throw NotLeading();
    }

    private static InvalidOperationException NotLeading() => new(
        "This process does not read the outbox any more: another one does, or will. What it has not noted comes again there.");
}
