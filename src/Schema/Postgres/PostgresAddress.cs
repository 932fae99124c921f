using Npgsql;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Postgres;

/// <summary>Where a PostgreSQL database is, as people write it: Npgsql's "Host=...;Database=..." or a postgresql:// address.</summary>
internal static class PostgresAddress
{
    public static bool Is(string connection) =>
        connection.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
            || connection.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || connection.Split(';').Any(part => part.Split('=')[0].Trim() is var key
            && (key.Equals("Host", StringComparison.OrdinalIgnoreCase) || key.Equals("Server", StringComparison.OrdinalIgnoreCase)));

    public static NpgsqlConnectionStringBuilder Parse(string connection)
    {
        try
        {
            return connection.Contains("://", StringComparison.Ordinal) ? OfUri(new Uri(connection)) : new NpgsqlConnectionStringBuilder(connection);
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException or FormatException)
        {
            throw new SchemaException($"The address of the database is not understood: {e.Message}", e);
        }
    }

    private static NpgsqlConnectionStringBuilder OfUri(Uri uri)
    {
        var (user, query) = (uri.UserInfo.Split(':', 2), uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries));
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Length > 0 ? uri.Host : "localhost",
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'))
        };
        settings.Port = uri.Port > 0 ? uri.Port : settings.Port;
        settings.Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null;
        settings.Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null;
        foreach (var pair in query.Select(q => q.Split('=', 2)))
        {
            settings[pair[0] switch
            {
                "sslmode" => "SSL Mode",
                "application_name" => "Application Name",
                "host" => "Host",
                var key =>
                key
            }] = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
        }

        return settings;
    }
}
