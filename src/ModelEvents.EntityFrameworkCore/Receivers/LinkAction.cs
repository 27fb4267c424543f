namespace ModelEvents;

/// <summary>What happens to the many-to-many links of an instance.</summary>
public enum LinkAction
{
    /// <summary>Links are about to be added.</summary>
    PreAdd,

    /// <summary>Links were added.</summary>
    PostAdd,

    /// <summary>Links are about to be removed; others stay, or there was only one.</summary>
    PreRemove,

    /// <summary>Links were removed; others stay, or there was only one.</summary>
    PostRemove,

    /// <summary>All links that are loaded, several of them, are about to be removed, and none is added.</summary>
    PreClear,

    /// <summary>All links that are loaded, several of them, were removed, and none was added.</summary>
    PostClear,
}
