using System.Globalization;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A database of its own, of either kind.</summary>
public abstract class Sandbox : IDisposable
{
    /// <summary>What <see cref="DatabaseUpgrade.For"/> takes.</summary>
    public abstract string Address { get; }

    public abstract void Dispose();

    public abstract IReadOnlyList<string> Statements(string script);

    public abstract void Run(string script);

    public abstract IReadOnlyList<object?[]> Rows(string sql);

    public abstract DatabaseSchema Schema();

    public long Number(string sql) => long.Parse(Ask(sql), CultureInfo.InvariantCulture);

    /// <summary>All that a user could tell two databases apart by: schema and rows, but not the history.</summary>
    public abstract string Content();

    public virtual UpgradeOptions Options(UpgradeOptions? options) => options ?? new UpgradeOptions();

    public string Ask(string sql) => string.Join("; ", Rows(sql).Select(r => string.Join("|", r.Select(Text))));

    public WantedSchema Wanted(string wanted, string? hints = null, int? version = null) =>
        new(Statements(wanted), hints is null ? SchemaHints.None : SchemaHints.Parse(hints), version);

    public DatabaseUpgrade To(string wanted, string? hints = null, UpgradeOptions? options = null, int? version = null) =>
        DatabaseUpgrade.For(Address, Wanted(wanted, hints, version), Options(options));

    protected static string Text(object? value) => value switch
    {
        null => "NULL",
        byte[] b => Convert.ToHexString(b),
        bool b => b ? "1" : "0",
        Array list => string.Join(",", list.Cast<object?>().Select(Text)),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        _ => FormattableString.Invariant($"{value}"),
    };
}
