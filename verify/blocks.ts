// A stream cut into blocks of whole lines, and their entries read on other threads while the next block arrives.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type EntryBlock, readEntries } from "./entries.ts";
import { Unreadable } from "./note.ts";

const BLOCK = 1 << 20;
/** No line of a bundle is longer: the largest payloads come in parts. */
export const MAX_LINE = 16 << 20;
const MAX_LANES = 4;
const NEWLINE = 0x0a;

export interface Block {
  /** Whole lines, each with its newline. */
  readonly bytes: Buffer;
  readonly entries: EntryBlock;
}

/** Throws Unreadable for a line that is too long, and for a file that does not end with a newline. */
export async function* wholeLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer<ArrayBuffer>> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    held.push(chunk);
    size += chunk.length;
    const end = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).lastIndexOf(NEWLINE);
    if (end < 0 && size > MAX_LINE + BLOCK)
      throw new Unreadable(`A line is longer than ${MAX_LINE >> 20} MiB.`);
    if (size < BLOCK || end < 0) continue;
    const rest = chunk.subarray(end + 1);
    yield joined(held, size - rest.length);
    held = rest.length > 0 ? [Uint8Array.from(rest)] : [];
    size = rest.length;
  }
  if (size === 0) return;
  const last = joined(held, size);
  if (last.at(-1) !== NEWLINE) throw new Unreadable("The file ends in the middle of a line: it was cut.");
  yield last;
}

function joined(parts: readonly Uint8Array[], size: number): Buffer<ArrayBuffer> {
  const block = Buffer.allocUnsafeSlow(size); // of its own, so that it can be handed to another thread
  let at = 0;
  for (const part of parts) {
    const fitting = part.subarray(0, size - at);
    block.set(fitting, at);
    at += fitting.length;
  }
  return block;
}

interface Lane {
  read(bytes: Buffer<ArrayBuffer>): Promise<Block>;
  close(): Promise<unknown>;
}

/** A thread that reads one block after the other; the block travels there and back without being copied. */
function openLane(): Lane {
  const worker = new Worker(new URL("./lane.ts", import.meta.url));
  const waiting: { resolve(block: Block): void; reject(error: unknown): void }[] = [];
  worker.on("message", ({ bytes, entries }: { bytes: Uint8Array; entries: EntryBlock }) => {
    waiting.shift()?.resolve({ bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), entries });
  });
  worker.on("error", (error) => {
    for (const one of waiting.splice(0)) one.reject(error);
  });
  return {
    read(bytes) {
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(bytes, [bytes.buffer]);
      });
    },
    close: () => worker.terminate(),
  };
}

/** The blocks in their order. What is less than half a block is read here, the rest on as many threads as there are cores. */
export async function* readBlocks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  const lanes: Lane[] = [];
  const ahead: Promise<Block>[] = [];
  const count = Math.min(availableParallelism(), MAX_LANES);
  try {
    let sent = 0;
    for await (const bytes of wholeLines(stream)) {
      if (bytes.length < BLOCK / 2) {
        while (ahead.length > 0) yield (await ahead.shift()) as Block;
        yield { bytes, entries: readEntries(bytes) };
        continue;
      }
      if (lanes.length < count) lanes.push(openLane());
      const reading = (lanes[sent++ % lanes.length] as Lane).read(bytes);
      reading.catch(() => undefined); // met where its turn comes
      ahead.push(reading);
      if (ahead.length > 2 * count) yield (await ahead.shift()) as Block;
    }
    while (ahead.length > 0) yield (await ahead.shift()) as Block;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}
