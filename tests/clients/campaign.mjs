// Several clients of one library in one process, each with a front of its own: they plan, note, read, claim, complete, run slow calls with
// progress, answer questions and listen, at a rate that does not wait for answers, until standard input ends. What they were told goes to
// standard output, one JSON line each; so does everything that a client must never see.
//
//   node campaign.mjs KIND COUNT CALLS_PER_SECOND SEED COMMAND [ARGUMENT...]
import { once } from 'node:events';
import { connect } from './campaign-clients.mjs';
import { Work } from './campaign-work.mjs';

const [kind, count, rate, seed, command, ...args] = process.argv.slice(2);
const now = () => Number(process.hrtime.bigint() / 1000n);   // microseconds of the clock that all processes share
const write = (record) => process.stdout.write(`${JSON.stringify(record)}\n`);

const pool = [];
const clients = [];
for (let i = 1; i <= Number(count); i++) {
  const name = `${kind}${i}`;
  const problem = (text) => write({ kind: 'problem', text: `${name}: ${text}` });
  const client = await connect(kind, name, { command, args, env: { ...process.env }, stderr: 'pipe' }, problem);
  clients.push(new Work(client, name, pool, Number(seed) + i, { now, write, problem }));
}

write({ kind: 'ready' });
const running = clients.map((client) => client.run(Number(rate) / clients.length));
process.stdin.resume();
await once(process.stdin, 'end');
clients.forEach((client) => client.end());
await Promise.all(running);
await Promise.all(clients.map((client) => client.close()));
write({ kind: 'done', calls: clients.reduce((sum, client) => sum + client.calls, 0) });
