// A stream cut into blocks of whole lines. Where there are several, other threads help to read them.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Lines, readLines } from "./lines.ts";
import { Unreadable } from "./report.ts";

/** No line of a bundle is longer: the largest payloads come in parts. */
const MAX_LINE = 16 << 20;
/** Smaller blocks are not worth the way to another thread; and Node lets them share their memory, which cannot go there. */
const MIN_BLOCK = 1 << 15;
/** Blocks that a lane has at a time, so that it need not wait for the next. For fewer none is opened. */
const AT_A_TIME = 2;
const MAX_LANES = 3;
const NEWLINE = 0x0a;

export interface Block {
  /** Whole lines, each with its newline. */
  readonly bytes: Buffer;
  readonly lines: Lines;
}

/** Throws Unreadable for a line that is too long, and for a file that does not end with a newline. */
async function* wholeLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer<ArrayBuffer>> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const [first, end] = [chunk.indexOf(NEWLINE), chunk.lastIndexOf(NEWLINE) + 1];
    size += end === 0 ? chunk.length : first;
    if (size > MAX_LINE) throw new Unreadable(`A line is longer than ${MAX_LINE >> 20} MiB.`);
    held.push(end === 0 ? chunk : chunk.subarray(0, end));
    if (end === 0) continue;
    yield Buffer.concat(held);
    held = [chunk.subarray(end)];
    size = chunk.length - end;
  }
  if (size > 0) throw new Unreadable("The file ends in the middle of a line: it was cut.");
}

/** A thread that reads blocks; they travel there and back without being copied. */
function openLane() {
  const worker = new Worker(new URL("./lane.ts", import.meta.url));
  const waiting: { resolve(block: Block): void; reject(error: unknown): void }[] = [];
  let isReady = false;
  worker.on("message", (message: "ready" | { bytes: Uint8Array; lines: Lines }) => {
    if (message === "ready") isReady = true;
    else waiting.shift()?.resolve({ bytes: Buffer.from(message.bytes.buffer), lines: message.lines });
  });
  worker.on("error", (error) => {
    isReady = false;
    for (const one of waiting.splice(0)) one.reject(error);
  });
  return {
    isFree: () => isReady && waiting.length < AT_A_TIME,
    read(bytes: Buffer<ArrayBuffer>): Promise<Block> {
      const { promise, resolve, reject } = Promise.withResolvers<Block>();
      waiting.push({ resolve, reject });
      worker.postMessage(bytes, [bytes.buffer]);
      promise.catch(() => undefined); // met where its turn comes
      return promise;
    },
    close: () => worker.terminate(),
  };
}

/** The blocks in their order. What no lane is free for is read here. */
export async function* readBlocks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  const count = Math.min(availableParallelism() - 1, MAX_LANES);
  const lanes: ReturnType<typeof openLane>[] = [];
  const ahead: (Block | Promise<Block>)[] = [];
  let blocks = 0;
  try {
    for await (const bytes of wholeLines(stream)) {
      const isWorthIt = bytes.length >= MIN_BLOCK;
      if (isWorthIt && ++blocks > AT_A_TIME && lanes.length < count) lanes.push(openLane());
      const lane = isWorthIt ? lanes.find(({ isFree }) => isFree()) : undefined;
      ahead.push(lane ? lane.read(bytes) : { bytes, lines: readLines(bytes) });
      while (ahead.length > 2 * AT_A_TIME * lanes.length) yield (await ahead.shift()) as Block;
    }
    while (ahead.length > 0) yield (await ahead.shift()) as Block;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}
