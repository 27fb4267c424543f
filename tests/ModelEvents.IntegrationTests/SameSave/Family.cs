namespace ModelEvents.Tests.SameSave.Family;

/// <summary>An instance that a program of operations can name.</summary>
public abstract class Thing
{
    public string? Text { get; set; }
}

/// <summary>Listed, with a key that the database generates, and one of everything.</summary>
public class Parent : Thing
{
    public int Id { get; set; }
    public int Score { get; set; }
    public int Token { get; set; }
    public Size Size { get; set; } = new();
    public Size? Spare { get; set; }
    public Address? Address { get; set; }
    public Badge? Badge { get; set; }
    public List<Phone> Phones { get; } = [];
    public List<Child> Children { get; } = [];
    public List<Guest> Guests { get; } = [];
    public List<Line> Lines { get; } = [];
    public List<Tag> Tags { get; } = [];
    public List<Membership> Memberships { get; } = [];
    public List<Animal> Animals { get; } = [];
    public List<Vehicle> Vehicles { get; } = [];
    public List<Shape> Shapes { get; } = [];
    public Passport? Passport { get; set; }
    public Locker? Locker { get; set; }
}

/// <summary>Complex.</summary>
public class Size
{
    public int Width { get; set; }
    public int? Height { get; set; }
}

/// <summary>Owned, in its owner's table.</summary>
public class Address
{
    public string Street { get; set; } = "";
    public Country? Country { get; set; }
}

public class Country
{
    public string? Code { get; set; }
}

/// <summary>Owned, in a table of its own.</summary>
public class Badge
{
    public string? Color { get; set; }
}

/// <summary>Owned, many.</summary>
public class Phone
{
    public int Id { get; set; }
    public string? Number { get; set; }
}

/// <summary>Required dependent, with dependents of its own.</summary>
public class Child : Thing
{
    public int Id { get; set; }
    public int ParentId { get; set; }
    public Parent? Parent { get; set; }
    public List<Toy> Toys { get; } = [];
}

/// <summary>Not listed.</summary>
public class Toy : Thing
{
    public string Id { get; set; } = "";
    public int ChildId { get; set; }
    public Child? Child { get; set; }
}

/// <summary>Optional dependent, with a key of the client's.</summary>
public class Guest : Thing
{
    public Guid Id { get; set; }
    public int? ParentId { get; set; }
    public Parent? Parent { get; set; }
}

/// <summary>Dependent whose key has its principal's.</summary>
public class Line : Thing
{
    public int ParentId { get; set; }
    public int Number { get; set; }
    public Parent? Parent { get; set; }
}

/// <summary>One at the most, required, with its principal's key.</summary>
public class Passport : Thing
{
    public int Id { get; set; }
    public Parent? Parent { get; set; }
}

/// <summary>One at the most, optional, and not listed.</summary>
public class Locker : Thing
{
    public int Id { get; set; }
    public int? ParentId { get; set; }
    public Parent? Parent { get; set; }
    public List<Item> Items { get; } = [];
}

/// <summary>Listed, while what it depends on is not.</summary>
public class Item : Thing
{
    public int Id { get; set; }
    public int LockerId { get; set; }
    public Locker? Locker { get; set; }
}

public class Tag : Thing
{
    public int Id { get; set; }
    public List<Parent> Parents { get; } = [];
}

public class Group : Thing
{
    public int Id { get; set; }
    public List<Membership> Memberships { get; } = [];
}

/// <summary>Joins, with something of its own.</summary>
public class Membership : Thing
{
    public int ParentId { get; set; }
    public int GroupId { get; set; }
    public Parent? Parent { get; set; }
    public Group? Group { get; set; }
}

/// <summary>Points to itself.</summary>
public class Node : Thing
{
    public int Id { get; set; }
    public int? UpId { get; set; }
    public Node? Up { get; set; }
    public List<Node> Downs { get; } = [];
}

/// <summary>Table per hierarchy, optional.</summary>
public abstract class Animal : Thing
{
    public int Id { get; set; }
    public int? ParentId { get; set; }
    public Parent? Parent { get; set; }
}

public class Cat : Animal
{
    public int Lives { get; set; }
}

public class Dog : Animal
{
    public string? Bark { get; set; }
}

/// <summary>Table per type, required.</summary>
public class Vehicle : Thing
{
    public int Id { get; set; }
    public int ParentId { get; set; }
    public Parent? Parent { get; set; }
}

public class Truck : Vehicle
{
    public int Load { get; set; }
}

/// <summary>Table per concrete type, optional.</summary>
public abstract class Shape : Thing
{
    public int Id { get; set; }
    public int? ParentId { get; set; }
    public Parent? Parent { get; set; }
}

public class Circle : Shape
{
    public int Radius { get; set; }
}

public class Square : Shape
{
    public int Side { get; set; }
}
