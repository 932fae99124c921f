// What both sessions share: the calls, the kill in the middle, and what must come of it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';

/** `node FILE DATA_DIR COMMAND [ARGUMENT...]`: the command starts a front of that data directory. */
export function commandLine() {
  const [dataDirectory, command, ...args] = process.argv.slice(2);
  if (!command) {
    console.error(`usage: node ${process.argv[1]} DATA_DIR COMMAND [ARGUMENT...]`);
    process.exit(2);
  }

  // Clients pass on little of their environment; the home directory decides where the socket is.
  return { dataDirectory, server: { command, args, env: { ...process.env }, stderr: 'inherit' } };
}

/** Runs a whole session. `call(name, args)` gives a tool's result as the client's library returns it. */
export async function runSession(client, call, dataDirectory) {
  const done = async (tool, args) => {
    const result = await call(`orchestrator_${tool}`, args);
    assert.ok(!result.isError, `${tool}: ${result.content?.[0]?.text}`);
    return result.structuredContent;
  };

  const before = names((await client.listTools()).tools);
  assert.equal(before.length, 9);
  const { session_id } = await done('initialize_session', {});
  const plan = await done('plan_task', {
    title: 'Ship it', description: 'All of it', session_id,
    tasks: [{ ref: 'build', title: 'Build' }, { ref: 'test', title: 'Test', depends_on: ['build'] }],
  });
  const [build, test] = plan.tasks.map((task) => task.task_id);
  const { claim } = await done('execute_task', { task_id: build });

  // In flight when the backend dies: each is answered once, none fails.
  const killed = backend(dataDirectory);
  const flying = Array.from({ length: 10 }, (_, i) => done('plan_task', { title: `in flight ${i}`, description: 'd' }));
  flying.push(done('update_task', { task_id: build, claim, note: 'half of it', progress: 50 }));
  process.kill(killed, 'SIGKILL');
  await Promise.all(flying);
  await pidOtherThan(dataDirectory, killed);

  const built = await done('complete_task', work(build, claim, 'one\ntwo\nthree'));
  assert.deepEqual(built.newly_ready.map((task) => task.task_id), [test]);
  const { text } = await done('get_artifact', { artifact_id: built.artifact_id, start_line: 2, max_lines: 1 });
  assert.equal(text.trimEnd(), 'two');
  for (const task_id of [test, plan.task_id]) {
    const order = await done('execute_task', { task_id });
    await done('complete_task', work(task_id, order.claim, 'done'));
  }

  const { tasks } = await done('query_tasks', { search_text: 'in flight', limit: 100 });
  assert.deepEqual(tasks.map((task) => task.title).sort(), Array.from({ length: 10 }, (_, i) => `in flight ${i}`));
  const [row] = (await done('query_tasks', { task_ids: [build], detail: 'full' })).tasks;
  assert.deepEqual(row.notes.map((note) => note.text), ['half of it']);
  const status = await done('get_status', {});
  assert.deepEqual([status.total, status.by_status.completed], [13, 3]);
  const { metrics } = await done('synthesize_results', { parent_task_id: plan.task_id });
  assert.deepEqual([metrics.total, metrics.completed], [2, 2]);

  const refused = await call('orchestrator_execute_task', { task_id: build });
  assert.ok(refused.isError && refused.structuredContent.code === 'INVALID_TASK_STATE');
  assert.deepEqual(names((await client.listTools()).tools), before);
}

const names = (tools) => tools.map((tool) => tool.name).sort();

const work = (task_id, claim, detailed_work) => ({ task_id, claim, summary: 'ready', detailed_work, next_action: 'complete' });

function backend(dataDirectory) {
  const file = join(dataDirectory, 'backend.lock');
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0;
  // Never a process that only has a dead backend's number.
  const commandLine = pid > 0 && existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  return commandLine.includes(dataDirectory) ? pid : 0;
}

async function pidOtherThan(dataDirectory, killed) {
  for (let attempt = 0; attempt < 500; attempt++) {
    const pid = backend(dataDirectory);
    if (pid > 0 && pid !== killed) {
      return;
    }

    await pause(20);
  }

  assert.fail('No other backend has come.');
}
