namespace Orchestrator.Host.Tests.Clients;

/// <summary>Configurations before and after, one for each shape in which a client keeps its servers.</summary>
internal static class GoldenConfigs
{
    /// <summary>Client, what its file holds before, what it holds after.</summary>
    public static readonly IReadOnlyList<(string Client, string Before, string After)> All =
    [
        ("claude-code",
            """
            {
              "numStartups": 41,
              "mcpServers": {
                "github": { "type": "stdio", "command": "gh-mcp", "args": ["--ro"], "env": { "TOKEN": "x" } }
              },
              "projects": { "/home/u/p": { "history": ["\u00e9", "ü 😀"] } }
            }
            """,
            """
            {
              "numStartups": 41,
              "mcpServers": {
                "github": { "type": "stdio", "command": "gh-mcp", "args": ["--ro"], "env": { "TOKEN": "x" } },
                "orchestrator": {
                  "type": "stdio",
                  "command": "/opt/orchestrator/orchestrator-front",
                  "args": []
                }
              },
              "projects": { "/home/u/p": { "history": ["\u00e9", "ü 😀"] } }
            }
            """),
        ("claude-desktop",
            """
            {}
            """,
            """
            {
              "mcpServers": {
                "orchestrator": {
                  "command": "/opt/orchestrator/orchestrator-front",
                  "args": []
                }
              }
            }
            """),
        ("cursor",
            """
            {"mcpServers":{"a":{"command":"b"}}}
            """,
            """
            {"mcpServers":{"a":{"command":"b"},
              "orchestrator": {
                "command": "/opt/orchestrator/orchestrator-front",
                "args": []
              }
            }}
            """),
        ("vscode",
            """
            // of the team
            {
                "inputs": [],
                /* servers */
                "servers": {
                    // none yet
                },
            }
            """,
            """
            // of the team
            {
                "inputs": [],
                /* servers */
                "servers": {
                    // none yet
                    "orchestrator": {
                        "type": "stdio",
                        "command": "/opt/orchestrator/orchestrator-front",
                        "args": []
                    }
                },
            }
            """),
        ("windsurf",
            """
            {
              "mcpServers": {}
            }
            """,
            """
            {
              "mcpServers": {
                "orchestrator": {
                  "command": "/opt/orchestrator/orchestrator-front",
                  "args": []
                }
              }
            }
            """),
        ("devin",
            """
            {
              "other": [1, 2,
                3]
            }
            """,
            """
            {
              "other": [1, 2,
                3],
              "mcpServers": {
                "orchestrator": {
                  "command": "/opt/orchestrator/orchestrator-front",
                  "args": []
                }
              }
            }
            """),
        ("zed",
            "{\n\t// theme\n\t\"theme\": \"One\", // keep, \"comma\"\n\t\"context_servers\": {\n\t\t\"z\": {\"command\": \"x\"}, // last\n\t\t// tail\n\t},\n}\n",
            "{\n\t// theme\n\t\"theme\": \"One\", // keep, \"comma\"\n\t\"context_servers\": {\n\t\t\"z\": {\"command\": \"x\"}, // last\n"
            + "\t\t\"orchestrator\": {\n\t\t\t\"command\": \"/opt/orchestrator/orchestrator-front\",\n\t\t\t\"args\": []\n\t\t}\n\t\t// tail\n\t},\n}\n"),
        ("cline",
            "{\r\n  \"mcpServers\": {\r\n    \"a\": {\"command\": \"b\", \"disabled\": true}\r\n  }\r\n}\r\n",
            "{\r\n  \"mcpServers\": {\r\n    \"a\": {\"command\": \"b\", \"disabled\": true},\r\n    \"orchestrator\": {\r\n"
            + "      \"command\": \"/opt/orchestrator/orchestrator-front\",\r\n      \"args\": []\r\n    }\r\n  }\r\n}\r\n"),
        ("cline-vscode",
            """
            {
              "mcpServers": {
                "orchestrator": {
                  "args": ["old"],
                  "env": { "A": "1" }, // mine
                  "command": "/gone/orchestrator-front"
                }
              }
            }
            """,
            """
            {
              "mcpServers": {
                "orchestrator": {
                  "args": [],
                  "env": { "A": "1" }, // mine
                  "command": "/opt/orchestrator/orchestrator-front"
                }
              }
            }
            """),
        ("continue",
            """
            name: Mine   # of 2026
            version: 1.0.0
            schema: v1
            mcpServers:
              # the first
              - name: other
                command: npx
                args: ["-y", "x"]
            models:
              - name: m
                apiKey: "k"
            """,
            """
            name: Mine   # of 2026
            version: 1.0.0
            schema: v1
            mcpServers:
              # the first
              - name: orchestrator
                command: "/opt/orchestrator/orchestrator-front"
                args: []
              - name: other
                command: npx
                args: ["-y", "x"]
            models:
              - name: m
                apiKey: "k"
            """),
        ("codex",
            """
            # mine
            model = "o3"   # best

            [mcp_servers.docs]
            command = "docs"   # keep
            env = { "A" = "1" }

            [tui]
            theme = 'dark'
            """,
            """
            # mine
            model = "o3"   # best

            [mcp_servers.docs]
            command = "docs"   # keep
            env = { "A" = "1" }

            [tui]
            theme = 'dark'

            [mcp_servers.orchestrator]
            command = "/opt/orchestrator/orchestrator-front"
            args = []

            """),
        ("gemini",
            """
            {
              "mcpServers": {
                "g": {
                  "command": "x"
                }
              },
              "unknown": null
            }
            """,
            """
            {
              "mcpServers": {
                "g": {
                  "command": "x"
                },
                "orchestrator": {
                  "command": "/opt/orchestrator/orchestrator-front",
                  "args": []
                }
              },
              "unknown": null
            }
            """),
        ("opencode",
            """
            {
              "$schema": "https://opencode.ai/config.json",
              "mcp": { "a": { "type": "local", "command": ["b"], "enabled": false } }
            }
            """,
            """
            {
              "$schema": "https://opencode.ai/config.json",
              "mcp": { "a": { "type": "local", "command": ["b"], "enabled": false },
                "orchestrator": {
                  "type": "local",
                  "command": ["/opt/orchestrator/orchestrator-front"],
                  "enabled": true
                }
              }
            }
            """),
        ("copilot",
            """
            {
              "mcpServers": {}
            }
            """,
            """
            {
              "mcpServers": {
                "orchestrator": {
                  "type": "local",
                  "command": "/opt/orchestrator/orchestrator-front",
                  "args": [],
                  "tools": ["*"]
                }
              }
            }
            """),
    ];
}
