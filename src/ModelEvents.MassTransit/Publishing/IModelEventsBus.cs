using MassTransit;

namespace ModelEvents.Publishing;

/// <summary>The bus that ModelEvents makes for itself, beside those of the application.</summary>
public interface IModelEventsBus : IBus;
