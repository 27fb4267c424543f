using Microsoft.AspNetCore.Mvc;

namespace ModelEvents.Rules;

/// <summary>Which page of a list is asked for.</summary>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">How many are on it.</param>
internal readonly record struct PageQuery(
    [property: FromQuery(Name = "page")] int? Page, [property: FromQuery(Name = "page_size")] int? PageSize)
{
    public int Number => Page ?? 1;

    public int Size => PageSize ?? 100;
}
