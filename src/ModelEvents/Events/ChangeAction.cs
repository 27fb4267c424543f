namespace ModelEvents;

/// <summary>What happened to a model instance.</summary>
public enum ChangeAction
{
    /// <summary>A row was inserted.</summary>
    Created,

    /// <summary>A row, something the model owns, or one of its links was changed.</summary>
    Updated,

    /// <summary>A row was deleted.</summary>
    Deleted,
}
