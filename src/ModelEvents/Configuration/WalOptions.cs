namespace ModelEvents;

/// <summary>Delivery from PostgreSQL's write-ahead log.</summary>
public sealed class WalOptions
{
    /// <summary>
    /// What the name of a context's replication slot begins with; the context's name and the database's follow. Services
    /// that share a database and the name of a context need different ones. Default: <c>model_events</c>.
    /// Lower-case letters, digits and underscores, at most 20.
    /// </summary>
    public string Slot { get; set; } = "model_events";

    /// <summary>
    /// Whether the slot and its publication are created where they are missing. Default: <see langword="true"/>.
    /// </summary>
    public bool CreateSlot { get; set; } = true;

    /// <summary>
    /// The Npgsql connection string to read the log with, where the context's own does not do: its role may not replicate,
    /// its pooler does not let replication through, or its password comes from code. Default: the context's.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The amount of log kept for a slot from which on the health check is degraded, in megabytes. Default: 1024. At
    /// least 1.
    /// </summary>
    public int MaxRetainedMegabytes { get; set; } = 1024;

    /// <summary>
    /// Whether a start sets up what capture from the log needs, as <c>IModelEventLog.SetUpAsync</c> does. For development:
    /// elsewhere the role that owns the tables does so after the migrations. Default: <see langword="false"/>.
    /// </summary>
    public bool SetUp { get; set; }

    /// <summary>
    /// Whether set-up lets the log have the whole row before an update or delete of a captured table
    /// (<c>REPLICA IDENTITY FULL</c>): for the bodies of deletes, the changed properties and the previous status, at the
    /// price of more log. Otherwise it has the key. Default: <see langword="true"/>.
    /// </summary>
    public bool WholeRows { get; set; } = true;
}
