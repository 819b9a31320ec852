// Lines that wait for their reader. Whoever puts them in looks at how many wait.

export interface LineQueue extends AsyncIterable<string> {
  push(line: string): void;
  /** About how many bytes wait. */
  waiting(): number;
  /** Resolves when fewer wait than now, or nobody will read any more. */
  moved(): Promise<void>;
  /** What was pushed is still read; then the reading ends, or throws. */
  end(error?: unknown): void;
}

/** What a line takes besides its characters. */
const OVERHEAD = 64;

export function createLineQueue(): LineQueue {
  let lines: string[] = [];
  let head = 0;
  let size = 0;
  let over: { readonly error: unknown } | null = null;
  let pushed = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();

  function wake(): void {
    pushed.resolve();
    pushed = Promise.withResolvers<void>();
  }

  function take(): string | undefined {
    const line = lines[head];
    if (line === undefined) return undefined;
    head += 1;
    size -= line.length + OVERHEAD;
    if (head * 2 > lines.length) {
      lines = lines.slice(head);
      head = 0;
    }
    taken.resolve();
    taken = Promise.withResolvers<void>();
    return line;
  }

  return {
    push(line) {
      if (over !== null) return;
      lines.push(line);
      size += line.length + OVERHEAD;
      wake();
    },
    waiting: () => (over === null ? size : 0),
    moved: () => taken.promise,
    end(error) {
      over ??= { error };
      wake();
      taken.resolve();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const line = take();
        if (line !== undefined) yield line;
        else if (over === null) await pushed.promise;
        else if (over.error === undefined) return;
        else throw over.error;
      }
    },
  };
}
