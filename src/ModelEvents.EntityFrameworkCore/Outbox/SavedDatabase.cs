using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Outbox;

/// <summary>A database, or a schema of one, that was saved into, and who reads its events as far as is known.</summary>
internal sealed class SavedDatabase
{
    private readonly string _connectionString;
    private readonly string _database;
    private volatile IModel _model;
    private volatile bool _isSaved = true;
    private volatile bool _isLed;
    private volatile bool _isTold;

    private SavedDatabase(SavedDatabaseKey key, DbConnection connection, DbContext context)
    {
        Key = key;
        (_connectionString, _database, _model) = (connection.ConnectionString, connection.Database, context.Model);
        Name = key.Table is null
            ? $"{connection.Database} ({connection.DataSource})"
            : $"{connection.Database} ({connection.DataSource}, {(key.Schema is null ? "" : $"{key.Schema}.")}{key.Table})";
    }

    public SavedDatabaseKey Key { get; }

    /// <summary>What it is called in messages, without a credential.</summary>
    public string Name { get; }

    /// <summary>Asks who reads; <see langword="null"/> where nobody needs to ask.</summary>
    public LeaderLook? Look { get; private init; }

    /// <summary>Whether a dispatcher of this process has opened it.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>Whether somebody was seen to read it when it was looked at last.</summary>
    public bool IsLed
    {
        get => _isLed;
        set => _isLed = value;
    }

    /// <summary>Whether nobody has read it for so long that this was told.</summary>
    public bool IsTold
    {
        get => _isTold;
        set => _isTold = value;
    }

    /// <summary>Since when nobody was seen to read it.</summary>
    public long UnledSince { get; set; }

    /// <summary>When it was looked at last.</summary>
    public long LookedAt { get; set; }

    /// <summary>Whether it was saved into since it was looked at.</summary>
    public bool IsSaved
    {
        get => _isSaved;
        set
        {
            if (_isSaved != value)
                _isSaved = value;
        }
    }

    public static SavedDatabase Ours(SavedDatabaseKey key, DbConnection connection, DbContext context) =>
        new(key, connection, context) { IsOurs = true };

    public static SavedDatabase Unknown(
        SavedDatabaseKey key, DbConnection connection, DbContext context, LeaderLook look, long now) =>
        new(key, connection, context) { Look = look, UnledSince = now, LookedAt = now };

    /// <summary>Whether a save on <paramref name="connection"/> is one into it: in the common case by references alone.</summary>
    public bool Is(DbConnection connection, DbContext context) =>
        ReferenceEquals(_model, context.Model)
        && string.Equals(_connectionString, connection.ConnectionString, StringComparison.Ordinal)
        && string.Equals(_database, connection.Database, StringComparison.Ordinal);

    /// <summary>Notes the model of a later save: those of a tenant may each have one of their own.</summary>
    public SavedDatabase With(DbContext context)
    {
        _model = context.Model;
        return this;
    }
}
