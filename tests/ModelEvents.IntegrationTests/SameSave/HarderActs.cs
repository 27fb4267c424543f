using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>What changes, takes apart or deletes what a family has.</summary>
internal static class HarderActs
{
    public static readonly Action<FamilySide, Random>[] All =
    [
        .. Acts.Growing,
        Delete<Thing>, Delete<Parent>, Delete<Parent>, Delete<Child>, Delete<Node>, Delete<Locker>,
        Change, Change, ChangeParts, ChangeParts,
        Orphan, Orphan, Orphan,
        Move, Move,
        SetState,
        Replace,
        Detect, Cascade, SwitchDetection,
    ];

    private static void Detect(FamilySide side, Random random) => side.Context.ChangeTracker.DetectChanges();

    private static void Cascade(FamilySide side, Random random) => side.Context.ChangeTracker.CascadeChanges();

    private static void SwitchDetection(FamilySide side, Random random) =>
        side.Context.ChangeTracker.AutoDetectChangesEnabled = random.Next(3) > 0;

    private static void Delete<T>(FamilySide side, Random random)
        where T : class
    {
        if (side.Pick<T>(random) is { } thing)
            side.Context.Remove(thing);
    }

    private static void Change(FamilySide side, Random random)
    {
        var word = Acts.Word(random);
        if (side.Pick<Thing>(random) is not { } thing)
            return;

        thing.Text = word;
        if (thing is Parent parent && random.Next(2) == 0)
            parent.Token++;
    }

    private static void ChangeParts(FamilySide side, Random random)
    {
        var word = Acts.Word(random);
        if (side.Pick<Parent>(random) is not { } parent)
            return;

        switch (random.Next(9))
        {
            case 0: parent.Size.Width = random.Next(9); break;
            case 1: parent.Spare = parent.Spare is null ? new Size { Height = 3 } : null; break;
            case 2: parent.Address = new Address { Street = word }; break;
            case 3: parent.Address = null; break;
            case 4: parent.Address?.Country = new Country { Code = word }; break;
            case 5: parent.Badge = parent.Badge is null || random.Next(2) == 0 ? new Badge { Color = word } : null; break;
            case 6: parent.Phones.Add(new Phone { Number = word }); break;
            case 7: parent.Phones.Clear(); break;
            default: parent.Token++; break;
        }
    }

    /// <summary>Takes something from its parent, by one of the three ways.</summary>
    private static void Orphan(FamilySide side, Random random)
    {
        var way = random.Next(3);
        switch (side.Pick<Thing>(random))
        {
            case Child child when way == 0: child.Parent = null; break;
            case Child { Parent: { } parent } child: parent.Children.Remove(child); break;
            case Guest guest when way == 0: guest.Parent = null; break;
            case Guest guest when way == 1: guest.ParentId = null; break;
            case Guest { Parent: { } parent } guest: parent.Guests.Remove(guest); break;
            case Line { Parent: { } parent } line: parent.Lines.Remove(line); break;
            case Toy { Child: { } child } toy: child.Toys.Remove(toy); break;
            case Item item: item.Locker = null; break;
            case Vehicle { Parent: { } parent } vehicle: parent.Vehicles.Remove(vehicle); break;
            case Animal animal: animal.Parent = null; break;
            case Shape { Parent: { } parent } shape: parent.Shapes.Remove(shape); break;
            case Membership membership: membership.Group = null; break;
            case Node node when way == 0: node.UpId = null; break;
            case Node node: node.Up = null; break;
            case Parent parent when way == 0: parent.Passport = null; break;
            case Parent parent when way == 1: parent.Locker = null; break;
            case Parent parent: parent.Children.Clear(); break;
        }
    }

    /// <summary>Moves something to another parent.</summary>
    private static void Move(FamilySide side, Random random)
    {
        var byKey = random.Next(2) == 0;
        if (side.Pick<Parent>(random) is not { } to)
            return;

        switch (side.Pick<Thing>(random))
        {
            case Child child when byKey: child.ParentId = to.Id; break;
            case Child child: child.Parent = to; break;
            case Guest guest when byKey: guest.ParentId = to.Id; break;
            case Guest guest: to.Guests.Add(guest); break;
            case Vehicle vehicle: vehicle.Parent = to; break;
            case Animal animal: to.Animals.Add(animal); break;
            case Shape shape: shape.Parent = to; break;
            case Locker locker: to.Locker = locker; break;
            case Node node: node.Up = side.Pick<Node>(random); break;
        }
    }

    private static void SetState(FamilySide side, Random random)
    {
        var state = (EntityState)random.Next(5);
        if (side.Pick<Thing>(random) is { } thing)
            side.Context.Entry(thing).State = state;
    }

    /// <summary>Puts another with the same key in the place of something that is deleted.</summary>
    private static void Replace(FamilySide side, Random random)
    {
        var word = Acts.Word(random);
        switch (side.Pick<Thing>(random))
        {
            case Guest guest: Replace(side, guest, new Guest { Id = guest.Id, ParentId = guest.ParentId, Text = word }); break;
            case Node node: Replace(side, node, new Node { Id = node.Id, UpId = node.UpId, Text = word }); break;
            case Passport passport: Replace(side, passport, new Passport { Id = passport.Id, Text = word }); break;
            case Toy toy: Replace(side, toy, new Toy { Id = toy.Id, ChildId = toy.ChildId, Text = word }); break;
            case Membership old:
                Replace(side, old, new Membership { ParentId = old.ParentId, GroupId = old.GroupId, Text = word });
                break;
        }
    }

    private static void Replace(FamilySide side, Thing old, Thing other)
    {
        side.Context.Remove(old);
        side.Context.Add(side.Know(other));
    }
}
