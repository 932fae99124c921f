// A session by the TypeScript SDK 1.x, which most products embed: initialize, then calls.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { commandLine, runSession } from './session.mjs';

const { dataDirectory, server } = commandLine();
const client = new Client({ name: 'legacy', version: '1' });
client.onclose = () => fail('The connection was closed under us.');
client.onerror = (error) => fail(error);
await client.connect(new StdioClientTransport(server));
await runSession(client, (name, args) => client.callTool({ name, arguments: args }), dataDirectory);
client.onclose = undefined;
await client.close();
console.log('legacy: all as it should be');

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
