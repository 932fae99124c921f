namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>
/// The hard cases. Each is applied, looked at again (nothing is left to do), asked for its rows, taken back (the old schema and rows are there),
/// and applied again; or refused, and then nothing has changed.
/// </summary>
public sealed partial class HardCaseSpecs
{
    [Theory]
    [MemberData(nameof(Columns))]
    public void A_column_changes(HardCase it) => it.Run(() => new SqliteSandbox());

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_survive_or_stand_in_the_way(HardCase it) => it.Run(() => new SqliteSandbox());

    [Theory]
    [MemberData(nameof(Renames))]
    public void A_name_changes(HardCase it) => it.Run(() => new SqliteSandbox());

    [Theory]
    [MemberData(nameof(Hanging))]
    public void What_hangs_on_a_table_stays(HardCase it) => it.Run(() => new SqliteSandbox());

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_changes(HardCase it) => it.Run(() => new SqliteSandbox());
}
