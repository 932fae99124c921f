// HTTP in front of a server that speaks over standard input and output, for the conformance suite, which speaks HTTP only. It carries messages and
// judges none: what HTTP itself demands (header checks, resumption) is not the product's.
//
//   node bridge.mjs COMMAND [ARGUMENT...]      prints its address, serves until standard input ends
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const [command, ...args] = process.argv.slice(2);
const modern = '2026-07-28';
const sessions = new Map();

/** One client's connection: a front, and the HTTP responses that wait for what it says. */
class Connection {
  #front = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  #open = new Map();       // request id to HTTP response
  #listening = undefined;  // the stream for what belongs to no request

  constructor() {
    createInterface({ input: this.#front.stdout }).on('line', (line) => this.#onLine(JSON.parse(line)));
    this.#front.stdin.on('error', () => {});
  }

  send(message) {
    this.#front.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** A request; its answer, and what comes before it, go to this HTTP response. */
  ask(message, response) {
    this.#open.set(message.id, { response, token: message.params?._meta?.progressToken });
    this.send(message);
  }

  listen(response) {
    this.#listening = response;
  }

  end() {
    this.#front.stdin.end();
  }

  #onLine(message) {
    if (!message.method) {
      const { response } = this.#open.get(message.id) ?? {};
      this.#open.delete(message.id);
      response && answer(response, message);
      return;
    }

    const waiting = [...this.#open.values()];
    const { progressToken } = message.params ?? {};
    const owner = progressToken === undefined ? undefined : waiting.find((one) => one.token === progressToken);
    const response = owner?.response ?? waiting.at(-1)?.response ?? this.#listening;
    response && event(response, message);
  }
}

function event(response, message) {
  if (!response.headersSent) {
    stream(response);
  }

  response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}

// Without a handshake an error has an HTTP status, if nothing was streamed before it.
function answer(response, message) {
  if (message.error && !response.headersSent) {
    response.writeHead(message.error.code === -32601 ? 404 : 400, { 'content-type': 'application/json' }).end(JSON.stringify(message));
  } else {
    event(response, message);
    response.end();
  }
}

const server = createServer(async (request, response) => {
  const session = sessions.get(request.headers['mcp-session-id']);
  const isModern = request.headers['mcp-protocol-version'] === modern;
  if (request.method === 'POST') {
    await post(request, response, session, isModern);
  } else if (request.method === 'GET' && session) {
    stream(response);
    session.listen(response);
  } else if (request.method === 'DELETE' && session) {
    session.end();
    sessions.delete(request.headers['mcp-session-id']);
    response.writeHead(200).end();
  } else {
    response.writeHead(isModern ? 405 : request.headers['mcp-session-id'] ? 404 : 405).end();
  }
});

async function post(request, response, session, isModern) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
  }

  const message = JSON.parse(body);
  const isRequest = message.method !== undefined && message.id !== undefined;
  if (isModern || message.params?._meta?.['io.modelcontextprotocol/protocolVersion'] || message.method === 'server/discover') {
    // Without a handshake each request stands alone: a front for each, so that ids of different clients cannot meet.
    const said = message.params?._meta?.['io.modelcontextprotocol/protocolVersion'];
    if (isRequest && said && said !== request.headers['mcp-protocol-version']) {
      answer(response, { jsonrpc: '2.0', id: message.id, error: { code: -32020, message: 'The header names another revision than _meta.' } });
      return;
    }

    const connection = new Connection();
    response.on('close', () => connection.end());
    isRequest ? connection.ask(message, response) : (connection.send(message), response.writeHead(202).end());
  } else if (message.method === 'initialize') {
    const id = randomUUID();
    sessions.set(id, new Connection());
    stream(response, { 'mcp-session-id': id });
    sessions.get(id).ask(message, response);
  } else if (!session) {
    response.writeHead(request.headers['mcp-session-id'] ? 404 : 400).end();
  } else if (isRequest) {
    stream(response);
    session.ask(message, response);
  } else {
    session.send(message);
    response.writeHead(202).end();
  }
}

function stream(response, headers = {}) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...headers });
  response.flushHeaders();
}

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
