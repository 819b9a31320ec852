// Group commit: what comes while a transaction is under way goes together in the next one. Nobody waits for a timer.

export interface Group<T, R> {
  /** Resolves with the answer of its own item once the transaction it was in is durable. */
  add(item: T): Promise<R>;
  /** Resolves when nothing is under way. */
  quiet(): Promise<void>;
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
  /** Transactions under way at a time. */
  readonly lanes?: number;
}

export function createGroup<T, R>({ work, most, lanes = 1 }: GroupOptions<T, R>): Group<T, R> {
  const waiting: Waiting<T, R>[] = [];
  const underWay = new Set<Promise<void>>();

  async function answerAll(batch: readonly Waiting<T, R>[]): Promise<void> {
    const answers = await work(batch.map(({ item }) => item));
    if (answers.length !== batch.length) throw new Error("A transaction gave another number of answers.");
    for (const [at, { resolve }] of batch.entries()) resolve(answers[at] as R);
  }

  /** One that cannot be written does not take the others with it. */
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

  function next(): void {
    if (waiting.length === 0 || underWay.size >= lanes) return;
    const running: Promise<void> = commit(waiting.splice(0, most)).finally(() => {
      underWay.delete(running);
      next();
    });
    underWay.add(running);
  }

  return {
    add: (item) =>
      new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        next();
      }),
    async quiet() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
