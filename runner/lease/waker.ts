/** A wait that ends at the next `wake`. Take the promise before looking at what it guards, or a wake can be missed. */
export interface Waker {
  wake(): void;
  next(): Promise<void>;
}

export function createWaker(): Waker {
  let waiting = Promise.withResolvers<void>();
  return {
    wake() {
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
    next: () => waiting.promise,
  };
}
