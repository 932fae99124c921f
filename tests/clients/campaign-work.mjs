// What one client of the campaign does.
const notesPerTask = 8;   // a task shows its newest 100: with more, a lost one could hide
const mostOutstanding = 4;

// What a race may end with.
const lost = new Set(['ALREADY_CLAIMED', 'INVALID_TASK_STATE', 'CLAIM_REQUIRED', 'CLAIM_LOST']);

export class Work {
  calls = 0;
  #outstanding = 0;
  #number = 0;
  #isOver = false;
  #notes = new Map();

  constructor(client, name, pool, seed, { now, write, problem }) {
    Object.assign(this, { client, name, pool, random: generator(seed), now, write, problem });
  }

  end() {
    this.#isOver = true;
  }

  close() {
    return this.client.close();
  }

  /** Begins work at a rate, whether or not what went before is answered; returns when all is answered after the end. */
  async run(perSecond) {
    while (!this.#isOver) {
      await pause((0.5 + this.random()) * 1000 / perSecond);
      if (this.#outstanding < mostOutstanding) {
        void this.#guarded(this.#next());
      }
    }

    while (this.#outstanding > 0) {
      await pause(10);
    }
  }

  async #guarded(work) {
    this.#outstanding++;
    try {
      await work();
    } catch (error) {
      this.problem(`${work.name}: ${error.message}`);
    } finally {
      this.#outstanding--;
    }
  }

  #next() {
    const dice = this.random();
    const work = dice < 0.25 ? this.plan : dice < 0.45 ? this.note : dice < 0.6 ? this.find : dice < 0.75 ? this.status
      : dice < 0.85 ? this.complete : dice < 0.93 ? this.slow : dice < 0.97 ? this.ask : this.list;
    return work.bind(this);
  }

  async plan() {
    const title = this.#unique('plan');
    const { task_id } = await this.#do('planned', 'plan_task', { title, description: 'd' }, (facts) => [facts.task_id, title]);
    this.pool.push(task_id);
  }

  async note() {
    const task = this.#pick();
    if (task && this.#mayNote(task)) {
      const note = this.#unique('note');
      await this.#try('noted', 'update_task', { task_id: task, note }, () => [task, note]);
    }
  }

  async complete() {
    const task = this.#pick();
    const order = task && await this.#try('claimed', 'execute_task', { task_id: task }, (facts) => [task, facts.claim]);
    if (order) {
      const work = this.#unique('work');
      await this.#do('completed', 'complete_task', {
        task_id: task, claim: order.claim, summary: work, detailed_work: work, next_action: 'complete',
      }, () => [task, work]);
      this.pool.splice(this.pool.indexOf(task), 1);
    }
  }

  async find() {
    await this.#do('read', 'query_tasks', { search_text: `${this.name} plan`, limit: 3 });
  }

  async status() {
    await this.#do('read', 'get_status', {});
  }

  async list() {
    await this.client.tools();   // from the front's own knowledge while no backend serves: no measure of a pause
  }

  async slow() {
    const seen = [];
    const { steps } = await this.#do('slow', 'test_rehearse', { milliseconds: 60, steps: 5 }, undefined, ({ progress }) => seen.push(progress));
    if (steps !== 5 || seen.some((value, i) => i > 0 && value <= seen[i - 1])) {
      this.problem(`${steps} steps, progress ${seen}`);
    }
  }

  async ask() {
    const question = this.#unique('question');
    const { answer } = await this.#do('asked', 'test_rehearse', { milliseconds: 10, ask: question });
    if (answer !== `answer to ${question}` || this.client.asked(question) !== 1) {
      this.problem(`${question}: asked ${this.client.asked(question)} times, the tool heard '${answer}'`);
    }
  }

  /** A call that must succeed. */
  async #do(kind, tool, args, told, onprogress) {
    const facts = await this.#try(kind, tool, args, told, onprogress);
    if (!facts) {
      throw new Error(`${tool}: refused without a race.`);
    }

    return facts;
  }

  /** A call that may lose a race: then undefined. */
  async #try(kind, tool, args, told = () => [], onprogress) {
    this.calls++;
    const sent = this.now();
    const result = await this.client.call(`orchestrator_${tool}`, args, { onprogress, timeout: 60_000 });
    const facts = result.structuredContent;
    if (result.isError) {
      const mayLose = kind === 'noted' || kind === 'claimed';
      if (!mayLose || !lost.has(facts?.code)) {
        throw new Error(`${tool}: ${JSON.stringify(result.content)}`);
      }

      this.write({ kind: 'lost', client: this.name, sent, got: this.now() });
      return undefined;
    }

    const [task, text] = told(facts);
    this.write({ kind, client: this.name, task, text, version: facts.version, sent, got: this.now() });
    return facts;
  }

  #pick() {
    return this.pool[Math.floor(this.random() * Math.min(6, this.pool.length))];
  }

  #mayNote(task) {
    const notes = (this.#notes.get(task) ?? 0) + 1;
    this.#notes.set(task, notes);
    return notes <= notesPerTask;
  }

  #unique(what) {
    return `${this.name} ${what} ${++this.#number}`;
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// A small generator (mulberry32), so that a seed gives the same sequence again.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
