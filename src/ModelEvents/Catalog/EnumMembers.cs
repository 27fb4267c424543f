using System.Globalization;

namespace ModelEvents.Catalog;

/// <summary>Tells the members of an enum beside the values that stand for them.</summary>
internal static class EnumMembers
{
    /// <summary><c>0 = New, 1 = Paid</c>, or <c>New, Paid</c> where the values are the names.</summary>
    public static string Describe(Type type, Func<object, object?> valueOf) => string.Join(", ", Enum.GetValues(type)
        .Cast<object>()
        .Distinct()
        .Select(member => (Name: member.ToString(), Value: Convert.ToString(valueOf(member), CultureInfo.InvariantCulture)))
        .Select(member => member.Name == member.Value ? member.Name : $"{member.Value} = {member.Name}"));
}
