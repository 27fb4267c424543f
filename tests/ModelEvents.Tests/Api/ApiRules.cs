using System.Xml.Linq;

namespace ModelEvents.Tests.Api;

public sealed class ApiRules
{
    private const string Approved = "PublicApi.approved.txt";

    [Fact]
    public void The_public_API_is_the_approved_one()
    {
        var api = string.Concat(PublicApi.Lines().Select(line => line + "\n"));
        if (api == Embedded(Approved))
            return;

        var received = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        File.WriteAllText(received, api);
        Assert.Fail(
            $"The public API is not the one in 'tests/ModelEvents.Tests/Api/{Approved}'. If the change is meant, copy "
            + $"'{received}' over it, and see in the difference what users of the packages will meet.");
    }

    [Fact]
    public void Public_classes_are_sealed_or_derived_from()
    {
        var derivedFrom = PublicApi.Types.Select(type => type.BaseType).ToHashSet();

        Assert.DoesNotContain(
            PublicApi.Types,
            type => type is { IsClass: true, IsSealed: false, IsAbstract: false }
                && !derivedFrom.Contains(type) && !IsRow(type));
    }

    /// <summary>EF Core's proxies derive from what it maps, and override every property of it.</summary>
    private static bool IsRow(Type type) =>
        type.GetProperties() is { Length: > 0 } properties
        && properties.All(property => property.GetMethod is { IsVirtual: true, IsFinal: false });

    [Fact]
    public void Public_types_live_where_users_look_for_them()
    {
        string[] hosts =
        [
            "MassTransit",
            "Microsoft.AspNetCore.Builder",
            "Microsoft.EntityFrameworkCore",
            "Microsoft.Extensions.DependencyInjection",
        ];

        Assert.DoesNotContain(
            PublicApi.Types,
            type => !hosts.Contains(type.Namespace) && type.Namespace!.Split('.')[0] != "ModelEvents");
    }

    [Theory]
    [InlineData("ModelEvents")]
    [InlineData("ModelEvents.EntityFrameworkCore", "ModelEvents")]
    [InlineData("ModelEvents.PostgreSql", "ModelEvents.EntityFrameworkCore")]
    [InlineData("ModelEvents.AspNetCore", "ModelEvents.EntityFrameworkCore")]
    [InlineData("ModelEvents.MassTransit", "ModelEvents")]
    [InlineData("ModelEvents.RabbitMq", "ModelEvents")]
    [InlineData("ModelEvents.Testing", "ModelEvents")]
    [InlineData("ModelEvents.Testing.Xunit", "ModelEvents.Testing")]
    [InlineData("ModelEvents.Testing.NUnit", "ModelEvents.Testing")]
    public void Projects_reference_each_other_in_one_direction(string project, params string[] references)
    {
        Assert.Equal(
            references,
            References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)));
    }

    [Fact]
    public void Nothing_but_its_own_package_needs_MassTransit()
    {
        string[] projects =
        [
            "ModelEvents",
            "ModelEvents.EntityFrameworkCore",
            "ModelEvents.PostgreSql",
            "ModelEvents.AspNetCore",
            "ModelEvents.MassTransit",
            "ModelEvents.RabbitMq",
            "ModelEvents.Testing",
        ];

        Assert.Equal(
            ["ModelEvents.MassTransit"],
            projects.Where(project => References(project, "PackageReference")
                .Any(package => package.StartsWith("MassTransit", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_tests_of_users_need_no_test_framework() =>
        Assert.Empty(References("ModelEvents.Testing", "PackageReference"));

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Parse(Embedded($"{project}.csproj")).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);

    private static string Embedded(string name)
    {
        using var reader = new StreamReader(typeof(ApiRules).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
