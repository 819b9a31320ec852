// Events of one lease that the plane has not acknowledged yet, on disk: an outage may outlast memory. Events are
// numbered by their place, from 1. The file is a plain run of JSON lines; only their lengths are kept in memory.
import { type FileHandle, open } from "node:fs/promises";

/** Acknowledged bytes at the head of the file that are worth moving the rest for. */
const COMPACT_ABOVE = 32 * 1024 * 1024;

export interface SpooledBatch {
  /** Number of the first line. */
  readonly first: number;
  readonly lines: readonly string[];
}

export interface Spool {
  /** Unacknowledged bytes. */
  bytes(): number;
  /** Resolves when the lines are on disk; rejects, and keeps none of them, when they cannot be. */
  append(lines: readonly string[]): Promise<void>;
  /** The oldest unacknowledged lines, at least one, or null when there is none. */
  read(most: { readonly lines: number; readonly bytes: number }): Promise<SpooledBatch | null>;
  /** Forgets everything up to and including this number. Numbers already forgotten change nothing. */
  acknowledge(number: number): Promise<void>;
  close(): Promise<void>;
}

export async function openSpool(path: string, compactAbove = COMPACT_ABOVE): Promise<Spool> {
  const file = await open(path, "wx+", 0o600);
  let lengths: number[] = [];
  /** Number of the line that `lengths[0]` measures, and where it starts in the file. */
  let first = 1;
  let head = 0;
  let bytes = 0;

  let queue: Promise<unknown> = Promise.resolve();
  function exclusive<T>(task: () => Promise<T>): Promise<T> {
    const done = queue.then(task);
    queue = done.catch(() => undefined); // told to whoever asked for it; the next task goes on
    return done;
  }

  async function append(lines: readonly string[]): Promise<void> {
    const encoded = lines.map((line) => Buffer.from(`${line}\n`));
    const block = Buffer.concat(encoded);
    await writeAt(file, block, head + bytes);
    await file.datasync();
    for (const line of encoded) lengths.push(line.length);
    bytes += block.length;
  }

  async function read(most: {
    readonly lines: number;
    readonly bytes: number;
  }): Promise<SpooledBatch | null> {
    let count = 0;
    let size = 0;
    for (const length of lengths.slice(0, most.lines)) {
      if (count > 0 && size + length > most.bytes) break;
      count++;
      size += length;
    }
    if (count === 0) return null;
    const text = (await readAt(file, head, size)).toString("utf8");
    return { first, lines: text.split("\n").slice(0, count) };
  }

  async function acknowledge(number: number): Promise<void> {
    const count = Math.min(Math.max(0, number - first + 1), lengths.length);
    const size = lengths.slice(0, count).reduce((sum, length) => sum + length, 0);
    lengths = lengths.slice(count);
    first += count;
    head += size;
    bytes -= size;
    if (head > compactAbove || (bytes === 0 && head > 0)) await compact();
  }

  /** Moves the unacknowledged rest to the front, once that is less than what it frees. */
  async function compact(): Promise<void> {
    if (head < bytes) return;
    const rest = await readAt(file, head, bytes);
    await writeAt(file, rest, 0);
    await file.truncate(rest.length);
    head = 0;
  }

  return {
    bytes: () => bytes,
    append: (lines) => exclusive(() => append(lines)),
    read: (most) => exclusive(() => read(most)),
    acknowledge: (number) => exclusive(() => acknowledge(number)),
    close: () => exclusive(() => file.close()),
  };
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function readAt(file: FileHandle, position: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await file.read(bytes, done, size - done, position + done);
    if (bytesRead === 0) throw new Error("The event spool is shorter than what was written to it.");
    done += bytesRead;
  }
  return bytes;
}
