// The bytes that were passed on, and when each piece of them came.

export interface Capture {
  push(chunk: Buffer): void;
  readonly size: number;
  /** Milliseconds since 1970 of the first byte; null before it. */
  readonly firstByteAt: number | null;
  /** The first token is in the chunk that came last, or ends in it. */
  noteFirstToken(): void;
  /** Milliseconds since 1970; null before it, and for an answer that is no stream. */
  readonly firstTokenAt: number | null;
  bytes(): Buffer;
  readonly chunks: readonly { readonly offset: number; readonly ms: number }[];
}

/** `now` in milliseconds since 1970, `startedAt` when the call was opened. */
export function createCapture(startedAt: number, now: () => number): Capture {
  const parts: Buffer[] = [];
  const chunks: { offset: number; ms: number }[] = [];
  let size = 0;
  let firstByteAt: number | null = null;
  let latestAt: number | null = null;
  let firstTokenAt: number | null = null;
  return {
    push(chunk) {
      if (chunk.length === 0) return;
      const at = now();
      firstByteAt ??= at;
      latestAt = at;
      chunks.push({ offset: size, ms: Math.max(0, Math.round(at - startedAt)) });
      parts.push(chunk);
      size += chunk.length;
    },
    get size() {
      return size;
    },
    get firstByteAt() {
      return firstByteAt;
    },
    noteFirstToken() {
      firstTokenAt ??= latestAt;
    },
    get firstTokenAt() {
      return firstTokenAt;
    },
    bytes: () => Buffer.concat(parts),
    chunks,
  };
}
