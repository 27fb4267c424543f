namespace ModelEvents.Rules;

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Page">Which page it is, from 1.</param>
/// <param name="PageSize">How many are on a full one.</param>
public sealed record TriggerPage<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize);
