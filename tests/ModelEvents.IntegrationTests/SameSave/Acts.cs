using ModelEvents.Tests.SameSave.Family;

namespace ModelEvents.Tests.SameSave;

/// <summary>What can happen to a family between two saves. Each does the same to both sides, by the same random numbers.</summary>
internal static class Acts
{
    public static readonly Action<FamilySide, Random>[] Growing =
    [
        AddParent, AddParent, Give, Give, AddNode, AddNode, AddToy, AddTag, AddGroup, Link, Join, AddItem,
    ];

    /// <summary>A word.</summary>
    public static string Word(Random random) => $"w{random.Next(100)}";

    private static void Give(FamilySide side, Random random, Parent to)
    {
        switch (random.Next(10))
        {
            case 0: to.Children.Add(side.Know(new Child { Text = Word(random) })); break;
            case 1: side.Context.Add(side.Know(new Child { Parent = to, Text = Word(random) })); break;
            case 2 when to.Id > 0: side.Context.Add(side.Know(new Child { ParentId = to.Id, Text = Word(random) })); break;
            case 3: to.Guests.Add(side.Know(new Guest { Id = NewGuid(random), Text = Word(random) })); break;
            case 4: to.Lines.Add(side.Know(new Line { Number = random.Next(1, 30), Text = Word(random) })); break;
            case 5 when to.Passport is null: to.Passport = side.Know(new Passport { Text = Word(random) }); break;
            case 6: to.Locker = side.Know(new Locker { Text = Word(random) }); break;
            case 7: to.Animals.Add(side.Know<Animal>(random.Next(2) == 0 ? new Cat { Lives = 9 } : new Dog { Bark = Word(random) })); break;
            case 8: to.Vehicles.Add(side.Know(random.Next(2) == 0 ? new Vehicle() : new Truck { Load = random.Next(9) })); break;
            default:
                var id = random.Next(1, 200);
                to.Shapes.Add(side.Know<Shape>(random.Next(2) == 0 ? new Circle { Id = id } : new Square { Id = id }));
                break;
        }
    }

    private static void Give(FamilySide side, Random random)
    {
        if (side.Pick<Parent>(random) is { } to)
            Give(side, random, to);
    }

    private static void AddTag(FamilySide side, Random random) => side.Context.Add(side.Know(new Tag { Text = Word(random) }));

    private static void AddGroup(FamilySide side, Random random) =>
        side.Context.Add(side.Know(new Group { Text = Word(random) }));

    private static void AddParent(FamilySide side, Random random)
    {
        var parent = side.Know(new Parent { Text = Word(random), Score = random.Next(2) * 3, Token = random.Next(3) });
        parent.Size.Width = random.Next(5);
        if (random.Next(2) == 0)
            parent.Spare = new Size { Width = 1, Height = 2 };
        if (random.Next(2) == 0)
            parent.Address = new Address { Street = Word(random), Country = random.Next(2) == 0 ? new Country { Code = "x" } : null };
        if (random.Next(2) == 0)
            parent.Badge = new Badge { Color = Word(random) };
        for (var phones = random.Next(3); phones > 0; phones--)
            parent.Phones.Add(new Phone { Number = Word(random) });
        for (var gifts = random.Next(5); gifts > 0; gifts--)
            Give(side, random, parent);
        side.Context.Add(parent);
    }

    private static void AddNode(FamilySide side, Random random)
    {
        var up = random.Next(3) > 0 ? side.Pick<Node>(random) : null;
        var node = side.Know(new Node { Id = random.Next(1, 200), Text = Word(random) });
        if (up is not null && random.Next(2) == 0)
            up.Downs.Add(node);
        else
            node.Up = up;
        side.Context.Add(node);
    }

    private static void AddToy(FamilySide side, Random random)
    {
        if (side.Pick<Child>(random) is { } child)
            child.Toys.Add(side.Know(new Toy { Id = $"t{random.Next(1000)}", Text = Word(random) }));
    }

    private static void AddItem(FamilySide side, Random random)
    {
        var locker = side.Pick<Locker>(random) ?? side.Know(new Locker { Text = Word(random) });
        side.Context.Add(side.Know(new Item { Locker = locker, Text = Word(random) }));
    }

    private static void Link(FamilySide side, Random random)
    {
        var (parent, tag) = (side.Pick<Parent>(random), side.Pick<Tag>(random));
        if (parent is null || tag is null)
            return;
        if (!parent.Tags.Remove(tag))
            parent.Tags.Add(tag);
    }

    private static void Join(FamilySide side, Random random)
    {
        var (parent, group) = (side.Pick<Parent>(random), side.Pick<Group>(random));
        if (parent is not null && group is not null)
            side.Context.Add(side.Know(new Membership { Parent = parent, Group = group, Text = Word(random) }));
    }

    private static Guid NewGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
