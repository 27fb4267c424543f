namespace ModelEvents;

/// <summary>
/// What every receiver is: in-process code that is called around a save, or when something happens in the life of
/// ModelEvents. Implement one or several of the interfaces that derive from this one.
/// </summary>
public interface IModelReceiver;
