using System.CommandLine;
using System.Globalization;
using Orchestrator.Protocol.Locations;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;

namespace Orchestrator.Host.Commands;

/// <summary>The options that all migrate commands share, and how each of them runs.</summary>
internal sealed class MigrateOptions(Func<ParseResult, DataDirectory> location)
{
    public Option<string?> Database { get; } = new("--database")
    {
        Description = "Another database than this product's own: a SQLite file or a connection string.",
        Recursive = true,
    };

    public Option<FileInfo?> Desired { get; } = new("--desired")
    {
        Description = "With --database: the file with the DDL of the wanted schema.",
        Recursive = true,
    };

    public Option<FileInfo?> Hints { get; } = new("--hints")
    {
        Description = "With --desired: a JSON file with what a schema cannot say (renames, backfill, convert, allow_destructive, drop_tables).",
        Recursive = true,
    };

    public Option<double> Wait { get; } = new("--wait")
    {
        Description = "How many seconds to wait for another process that writes to the database.",
        DefaultValueFactory = _ => new UpgradeOptions().LockWait.TotalSeconds,
        Recursive = true,
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: var text }] && double.TryParse(text, CultureInfo.InvariantCulture, out var seconds)
                    && seconds is not (>= 0 and <= 86400))
                {
                    result.AddError("--wait must be from 0 to 86400 seconds.");
                }
            },
        },
    };

    /// <summary>The action of a command: finds its database, runs, and turns what stands in the way into a line and an exit code.</summary>
    /// <param name="command">The command.</param>
    /// <param name="needsWanted">Whether it compares with a wanted schema.</param>
    /// <param name="run">What it does.</param>
    public void Act(Command command, bool needsWanted, Func<ParseResult, MigrationTarget, Task<int>> run) => command.SetAction(async parsed =>
    {
        try
        {
            return await run(parsed, Target(parsed, needsWanted));
        }
        catch (WrongUseException e)
        {
            return await Say(e.Message, MigrateExit.WrongUse);
        }
        catch (LocationException e)
        {
            return await Say(e.Message, MigrateExit.WrongUse);
        }
        catch (SchemaException e)
        {
            return await Say(e.Message, MigrateExit.WrongUse);
        }
        catch (DatabaseInUseException e)
        {
            return await Say(e.Message, MigrateExit.Refused);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            return await Say($"{e.Message} Nothing was changed.", MigrateExit.Refused);
        }
    });

    /// <summary>A refusal for people, and its exit code.</summary>
    public static Task<int> Refuse(UpgradeRefusal refusal) =>
        Say($"{refusal.Code}: {refusal.Reason}. Next: {refusal.NextStep}.", MigrateExit.Refused);

    /// <summary>A failure for people, and its exit code.</summary>
    public static Task<int> Fail(Failed failed) => Say($"failed: {failed.Reason}. Next: {failed.NextStep}.", MigrateExit.Failed);

    private static async Task<int> Say(string message, int code)
    {
        await Console.Error.WriteLineAsync($"orchestrator: {message}");
        return code;
    }

    private MigrationTarget Target(ParseResult parsed, bool needsWanted)
    {
        var (database, desired, hints) = (parsed.GetValue(Database), parsed.GetValue(Desired), parsed.GetValue(Hints));
        var wait = TimeSpan.FromSeconds(parsed.GetValue(Wait));
        if (database is null)
        {
            return desired is null && hints is null
                ? MigrationTarget.OfProduct(location(parsed), wait)
                : throw new WrongUseException("--desired and --hints belong to --database: "
                    + "the schema of this product's own database is part of the program.");
        }

        if (desired is null && (needsWanted || hints is not null))
        {
            throw new WrongUseException("--database needs --desired FILE.sql: the schema that it shall have.");
        }

        return MigrationTarget.OfAny(
            database, desired is null ? "" : Text(desired, "--desired"),
            hints is null ? "{}" : Text(hints, "--hints"), wait);
    }

    private static string Text(FileInfo file, string option)
    {
        try
        {
            return File.ReadAllText(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"{option}: {e.Message}");
        }
    }
}

/// <summary>The command line makes no sense.</summary>
internal sealed class WrongUseException(string message) : Exception(message);

/// <summary>Another process works with the database.</summary>
internal sealed class DatabaseInUseException(string message) : Exception(message);
