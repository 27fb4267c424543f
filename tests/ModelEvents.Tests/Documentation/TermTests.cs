using System.Text.RegularExpressions;
using ModelEvents.Rules;

namespace ModelEvents.Tests.Documentation;

/// <summary>The tables of the README that set our terms beside those of others: what they name is there.</summary>
public sealed partial class TermTests
{
    private static readonly Dictionary<string, Type> Types = new[]
        {
            typeof(IEventHandler), typeof(ITriggerRules), typeof(Microsoft.AspNetCore.Builder.TriggerRulesEndpointRouteBuilderExtensions),
        }
        .SelectMany(type => type.Assembly.GetExportedTypes())
        .GroupBy(type => type.Name.Split('`')[0])
        .ToDictionary(same => same.Key, same => same.First());

    [Theory]
    [InlineData("| Django | here | when |", 10)]
    [InlineData("| InvenTree | here |", 3)]
    [InlineData("| Scale | here |", 6)]
    public void A_type_or_member_that_stands_beside_anothers_term_is_there(string header, int least)
    {
        var named = Named(header).Where(name => IsInterface().IsMatch(name.Type) || Types.ContainsKey(name.Type)).ToList();

        Assert.InRange(named.Select(name => name.Type).Distinct().Count(), least, 100);
        Assert.All(named, name => Assert.True(Types.ContainsKey(name.Type), $"'{name.Type}' is not there"));
        Assert.All(
            named.Where(name => name.Member.Length > 0),
            name => Assert.True(
                Types[name.Type].GetMembers().Any(member => member.Name == name.Member),
                $"'{name.Type}.{name.Member}' is not there"));
    }

    [Theory]
    [InlineData("| InvenTree | here |")]
    [InlineData("| Scale | here |")]
    public void An_option_that_stands_beside_anothers_term_is_one(string header)
    {
        var options = Readme.Table("| option | default | meaning |").Keys;

        Assert.All(
            Rows(header).SelectMany(row => OptionPath().Matches(row)).Select(match => match.Groups["path"].Value),
            path => Assert.Contains(path, options));
    }

    /// <summary>What our column has in code.</summary>
    private static IEnumerable<(string Type, string Member)> Named(string header) =>
        Rows(header).SelectMany(row => Name().Matches(row))
            .Select(match => (match.Groups["type"].Value, match.Groups["member"].Value));

    private static Dictionary<string, string>.ValueCollection Rows(string header) => Readme.Table(header).Values;

    [GeneratedRegex(@"\b(?<type>[A-Z]\w+)(?:<\w+>)?(?:\.(?<member>[A-Z]\w+))?")]
    private static partial Regex Name();

    [GeneratedRegex("^I[A-Z][a-z]")]
    private static partial Regex IsInterface();

    [GeneratedRegex(@"\b(?<path>(?:Handlers|Dispatcher):[\w:<>]+)")]
    private static partial Regex OptionPath();
}
