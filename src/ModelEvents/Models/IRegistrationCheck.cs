namespace ModelEvents.Models;

/// <summary>Finds what lacks or does not fit in the registrations of a program, to be told with all other mistakes.</summary>
internal interface IRegistrationCheck
{
    /// <summary>What is wrong, two sentences each. Asked at start-up and on reload.</summary>
    IEnumerable<string> FindMistakes();
}
