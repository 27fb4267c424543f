namespace ModelEvents.Configuration;

/// <summary>Where an entry of the model list was written; the first named here wins over the later ones.</summary>
internal enum ModelOrigin
{
    /// <summary>In code.</summary>
    Code,

    /// <summary>In the section <c>ModelEvents</c>.</summary>
    Section,

    /// <summary>In the list <c>MODELS_CRUD_EVENT</c>.</summary>
    CrudEventList,
}
