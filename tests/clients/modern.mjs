// A session by the TypeScript client 2.x, pinned to the revision without a handshake.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { commandLine, runSession } from './session.mjs';

const revision = '2026-07-28';
const { dataDirectory, server } = commandLine();
const client = new Client({ name: 'modern', version: '1' }, { versionNegotiation: { mode: { pin: revision } } });
client.onclose = () => fail('The connection was closed under us.');
client.onerror = (error) => fail(error);
await client.connect(new StdioClientTransport(server));
assert.equal(client.getNegotiatedProtocolVersion(), revision);
await runSession(client, (name, args) => client.callTool({ name, arguments: args }), dataDirectory);
client.onclose = undefined;
await client.close();
console.log('modern: all as it should be');

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
