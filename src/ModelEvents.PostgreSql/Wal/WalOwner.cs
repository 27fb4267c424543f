using Microsoft.EntityFrameworkCore;
using ModelEvents.LogCapture;

namespace ModelEvents.Outbox;

/// <summary>
/// Whose a slot and its publication are: that of the processes that share an outbox table and, where rows are captured, a
/// service's model list. Noted as the publication's comment, which all users of the database see.
/// </summary>
/// <param name="Outbox">The outbox table, with its schema.</param>
/// <param name="Service">The service, if it captures rows.</param>
internal sealed record WalOwner(string Outbox, string? Service)
{
    private const string Begin = "ModelEvents: outbox ";
    private const string Then = ", service ";

    // Until the slot is made for the first time: where that fails, nothing is lost.
    private const string NotMade = ", its slot is not made yet";

    public static WalOwner Of(DbContext context, string? service)
    {
        var table = OutboxModel.RowOf(context);
        return new WalOwner($"{table.GetSchema() ?? SearchPath.FirstOf(context)}.{table.GetTableName()}", service);
    }

    /// <summary>Whether what is noted leaves room for this one. A comment of the user's says nothing.</summary>
    public bool MayUse(string? noted) => Parse(noted) is not { } other
        || (other.Outbox == Outbox && (other.Service is null || Service is null || other.Service == Service));

    /// <summary>Whether there is something to note. A comment of the user's stays.</summary>
    public bool IsToBeNoted(string? noted) =>
        noted is null || IsSlotNotMade(noted) || (Service is not null && Parse(noted) is { Service: null } other && other.Outbox == Outbox);

    /// <summary>The statement that notes it.</summary>
    public string Note(string publication) => Note(publication, ToString());

    /// <summary>The same, for a slot that is to be made.</summary>
    public string NoteFirst(string publication) => Note(publication, ToString() + NotMade);

    /// <summary>Whether the slot was never there.</summary>
    public static bool IsSlotNotMade(string? noted) => noted?.EndsWith(NotMade, StringComparison.Ordinal) == true;

    public override string ToString() => Service is null ? $"{Begin}{Outbox}" : $"{Begin}{Outbox}{Then}{Service}";

    private static string Note(string publication, string text) =>
        $"COMMENT ON PUBLICATION {publication} IS '{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static WalOwner? Parse(string? noted)
    {
        if (noted?.StartsWith(Begin, StringComparison.Ordinal) != true)
            return null;

        var text = IsSlotNotMade(noted) ? noted[..^NotMade.Length] : noted;
        var parts = text[Begin.Length..].Split(Then, 2);
        return new WalOwner(parts[0], parts.Length > 1 ? parts[1] : null);
    }
}
