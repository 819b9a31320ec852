// Group commit: what comes while a transaction is under way goes together in the next one. Nobody waits for a timer.

/**
 * One transaction at a time of all groups that share it, in the order in which they came to have something. It begins once
 * everything that has arrived by now was looked at, so that what arrived together goes together.
 */
export interface Lane {
  take(work: () => Promise<void>): void;
}

export function createLane(): Lane {
  const next: (() => Promise<void>)[] = [];
  let isTaken = false;

  function serve(): void {
    const work = isTaken ? undefined : next.shift();
    if (!work) return;
    isTaken = true;
    void work().finally(() => {
      isTaken = false;
      setImmediate(serve);
    });
  }

  return {
    take(work) {
      next.push(work);
      setImmediate(serve);
    },
  };
}

export interface Group<T, R> {
  /** Resolves with the answer of its own item once the transaction it was in is durable. */
  add(item: T): Promise<R>;
}

interface Waiting<T, R> {
  readonly item: T;
  resolve(answer: R): void;
  reject(error: unknown): void;
}

export interface GroupOptions<T, R> {
  /** One transaction. As many answers as items, in their order. */
  work(items: readonly T[]): Promise<readonly R[]>;
  readonly most: number;
  readonly lane: Lane;
}

export function createGroup<T, R>({ work, most, lane }: GroupOptions<T, R>): Group<T, R> {
  const waiting: Waiting<T, R>[] = [];

  async function answerAll(batch: readonly Waiting<T, R>[]): Promise<void> {
    const answers = await work(batch.map(({ item }) => item));
    if (answers.length !== batch.length) throw new Error("A transaction gave another number of answers.");
    for (const [at, { resolve }] of batch.entries()) resolve(answers[at] as R);
  }

  /** Never rejects. One that cannot be written does not take the others with it. */
  async function commit(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      await answerAll(batch);
    } catch (error) {
      if (batch.length === 1) {
        for (const { reject } of batch) reject(error);
        return;
      }
      for (const one of batch) await commit([one]);
    }
  }

  /** Who goes is said when the lane is free. */
  async function turn(): Promise<void> {
    const batch = waiting.splice(0, most);
    if (waiting.length > 0) lane.take(turn);
    await commit(batch);
  }

  return {
    add: (item) =>
      new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (waiting.length === 1) lane.take(turn);
      }),
  };
}
