using Microsoft.EntityFrameworkCore;
using ModelEvents.Models;

namespace ModelEvents.Tests.Catalog;

/// <summary>Which names the catalog lists, and that saves lead to no other.</summary>
public sealed class EventNamesTests
{
    private static readonly object[] States = [LoanState.Requested, LoanState.HandedOut, LoanState.Deleted];

    /// <summary>Every status field with values of it, and what else than its statuses the names can say.</summary>
    public static TheoryData<string, object?[], string[]> StatusFields => new()
    {
        { nameof(Loan.State), States, ["requested", "handed_out", "deleted"] },
        { nameof(Loan.Stored), States, ["requested", "handed_out", "deleted"] },
        { nameof(Loan.Maybe), [null, .. States], ["requested", "handed_out", "deleted", "created", "updated"] },
        { nameof(Loan.Marks), [Marks.None, Marks.Late | Marks.Damaged], ["{status}"] },
        { nameof(Loan.IsDue), [true, false], ["False", "True"] },
        { nameof(Loan.IsLost), [true, null], ["False", "True", "created", "updated"] },
        { nameof(Loan.Renewals), [0, -3], ["{status}"] },
        { nameof(Loan.Fine), [7, null], ["{status}", "created", "updated"] },
        { nameof(Loan.Word), ["", "Half way", "half\nway"], ["{status}", "created", "updated"] },
        { nameof(Loan.MaybeWord), [null, "x"], ["{status}", "created", "updated"] },
        { nameof(Loan.Trace), [Guid.Empty], ["{status}", "created", "updated"] },
        { nameof(Loan.Number), [new LoanNumber(4)], ["{status}", "created", "updated"] },
    };

    [Theory]
    [MemberData(nameof(StatusFields))]
    public void The_type_of_the_status_field_decides_the_names(string field, object?[] values, string[] expected)
    {
        Assert.NotEmpty(values);
        using var always = Loans(field, StatusEvents.Always);
        using var onChange = Loans(field, StatusEvents.OnChange);

        Assert.Equal(Names([.. expected, "deleted"]), always.EventsOfModels.Select(known => known.Name).Order());
        Assert.Equal(
            Names([.. expected, "updated", "deleted"]), onChange.EventsOfModels.Select(known => known.Name).Order());
    }

    [Theory]
    [MemberData(nameof(StatusFields))]
    public async Task Every_event_that_saves_lead_to_is_in_the_catalog(string field, object?[] values, string[] expected)
    {
        Assert.NotEmpty(expected);
        foreach (var mode in Enum.GetValues<StatusEvents>())
        {
            using var host = Loans(field, mode);
            foreach (var value in values)
            {
                var loan = new Loan();
                ModelEvent[] events =
                [
                    .. await host.SaveAsync(context => context.Add(loan).Property(field).CurrentValue = value),
                    .. await host.SaveAsync(context => context.Attach(loan).Property(l => l.Revision).CurrentValue = 1),
                    .. await host.SaveAsync(context => context.Remove(loan)),
                ];

                Assert.Equal(3, events.Length);
                Assert.All(events, made => Assert.Contains(
                    host.EventsOfModels,
                    known => known.Is(made.Name) && known.Actions.Any(action =>
                        EventNames.Word(action) == made.Headers[EventHeaders.Action])));
            }
        }
    }

    [Fact]
    public void A_model_without_a_status_field_has_an_event_for_each_action()
    {
        using var host = new CatalogHost<Library>(options => options.Model<Member>(m => m.EventNamePrefix("reader")));

        Assert.Equal(
            [
                ("reader__created", ChangeAction.Created, "ModelEvents.Tests.Catalog.Member was inserted."),
                ("reader__updated", ChangeAction.Updated, "ModelEvents.Tests.Catalog.Member was updated."),
                ("reader__deleted", ChangeAction.Deleted, "ModelEvents.Tests.Catalog.Member was deleted."),
            ],
            host.EventsOfModels.Select(known => (known.Name, Assert.Single(known.Actions), known.Description)));
        Assert.All(host.EventsOfModels, known => Assert.Equal(typeof(Member).FullName, known.Model));
        Assert.All(host.EventsOfModels, known => Assert.Equal("library", known.Service));
    }

    [Fact]
    public void A_status_that_is_called_like_an_action_shares_its_name()
    {
        using var host = Loans(nameof(Loan.State), StatusEvents.Always);

        var deleted = host.EventsOfModels.Single(known => known.Name == "loan__deleted");

        Assert.Equal([ChangeAction.Created, ChangeAction.Updated, ChangeAction.Deleted], deleted.Actions);
        Assert.Equal(
            "ModelEvents.Tests.Catalog.Loan was inserted or updated, and its State is 'deleted'. "
            + "ModelEvents.Tests.Catalog.Loan was deleted.",
            deleted.Description);
    }

    [Fact]
    public void Only_what_can_change_the_status_has_the_statuses_name()
    {
        using var host = Loans(nameof(Loan.State), StatusEvents.OnChange);

        Assert.Equal(
            [
                ("loan__requested", "Created, Updated"),
                ("loan__handed_out", "Created, Updated"),
                ("loan__deleted", "Created, Updated, Deleted"),
                ("loan__updated", "Updated"),
            ],
            host.EventsOfModels.Select(known => (known.Name, string.Join(", ", known.Actions))));
        Assert.EndsWith(
            "was inserted with the State 'requested', or its State changed to it.",
            host.EventsOfModels[0].Description,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loan__sold", true)]
    [InlineData("loan__deleted", true)]
    [InlineData("loan__", false)]
    [InlineData("loan", false)]
    [InlineData("member__created", false)]
    public void A_template_contains_every_name_with_a_status(string name, bool isContained)
    {
        using var host = Loans(nameof(Loan.Renewals), StatusEvents.Always);

        Assert.True(host.EventsOfModels[0].IsTemplate);
        Assert.Equal(isContained, host.Catalog.Contains(name));
    }

    [Fact]
    public void A_derived_type_that_is_not_listed_has_the_events_of_its_base()
    {
        using var host = new CatalogHost<Library>(options => options.Model<Book>());

        Assert.Equal(
            ["book__created", "book__updated", "book__deleted"], host.EventsOfModels.Select(known => known.Name));
    }

    private static CatalogHost<Library> Loans(string field, StatusEvents mode) => new(options =>
        options.Models.Add(new ModelOptions { Model = "Loan", StatusField = field, StatusEvents = mode }));

    private static IEnumerable<string> Names(string[] statuses) =>
        statuses.Distinct().Select(status => $"loan__{status}").Order();
}
