// The client libraries under one face: call, ask for the tools, listen. Whatever a client must never see is a problem.
import { Client as Client2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const modern = '2026-07-28';

// What each kind speaks, and whether it must turn out to be the revision without a handshake.
const kinds = {
  sdk1: { make: (info, options) => [new Client1(info, options), Stdio1, ElicitRequestSchema] },
  legacy: { make: (info, options) => [new Client2(info, { ...options, versionNegotiation: { mode: 'legacy' } }), Stdio2, 'elicitation/create'] },
  auto: { make: (info, options) => [new Client2(info, { ...options, versionNegotiation: { mode: 'auto' } }), Stdio2, 'elicitation/create'], isModern: true },
  pinned: { make: (info, options) => [new Client2(info, { ...options, versionNegotiation: { mode: { pin: modern } } }), Stdio2, 'elicitation/create'], isModern: true },
};

/** A connected client of one kind. */
export async function connect(kind, name, server, problem) {
  const { make, isModern } = kinds[kind];
  const [client, Stdio, elicitation] = make({ name, version: '1' }, { capabilities: { elicitation: {} } });
  const asked = new Map();
  client.onerror = (error) => isKnownDefect(error) || problem(`the library complains: ${error.message}`);
  client.onclose = () => problem('the connection was closed');
  client.fallbackNotificationHandler = (notification) => problem(`a notification that nobody asked for: ${JSON.stringify(notification)}`);
  client.setRequestHandler(elicitation, async (request) => {
    const { message } = request.params;
    asked.set(message, (asked.get(message) ?? 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { action: 'accept', content: { answer: `answer to ${message}` } };
  });
  const transport = new Stdio(server);
  await client.connect(transport);
  watchProgress(transport, problem);
  if (isModern && client.getNegotiatedProtocolVersion() !== modern) {
    problem(`it has agreed on ${client.getNegotiatedProtocolVersion()}`);
  }

  const subscription = isModern ? await client.listen({ toolsListChanged: true }) : undefined;
  let isOver = false;
  subscription?.closed.then((how) => isOver || problem(`the subscription was closed (${how})`));
  return {
    tools: async () => (await client.listTools()).tools.length,
    call: kind === 'sdk1'
      ? (tool, args, options) => client.callTool({ name: tool, arguments: args }, undefined, options)
      : (tool, args, options) => client.callTool({ name: tool, arguments: args }, options),
    /** How often the person was asked this. */
    asked: (message) => asked.get(message) ?? 0,
    async close() {
      isOver = true;
      client.onclose = undefined;
      await subscription?.close();
      await client.close();
    },
  };
}

// Both libraries hand a response on at once and a notification a moment later: when both come in one chunk, they complain about progress that
// was in time. Whether it was, watchProgress knows.
const isKnownDefect = (error) => error.message.startsWith('Received a progress notification for an unknown token');

// Progress may only come between a request and its answer.
function watchProgress(transport, problem) {
  const open = new Set();
  const { send, onmessage } = transport;
  transport.send = function (message, ...more) {
    if (message.method && message.id !== undefined) {
      open.add(message.params?._meta?.progressToken);
    }

    return send.call(this, message, ...more);
  };
  transport.onmessage = function (message, ...more) {
    if (message.method === 'notifications/progress' && !open.has(message.params.progressToken)) {
      problem(`progress of a call that is not open: ${JSON.stringify(message)}`);
    } else if (!message.method) {
      open.delete(message.id);   // both libraries use a request's id as its token
    }

    return onmessage.call(this, message, ...more);
  };
}
