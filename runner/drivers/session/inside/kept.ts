// What a session needs to go on elsewhere, as one file: the tree as a git bundle, and every regular file below the folders that
// are kept. Runs inside the sandbox, given to Node as text, so it is one file without imports of ours. Links and everything
// that is no plain file stay out; a file goes back only where the program of this session keeps its own.
import {
  createReadStream,
  createWriteStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

const VERSION = 1;
const MOST_FILES = 20_000;
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_OF_LINE = 64 * 1024;

interface Order {
  readonly do: "pack" | "unpack";
  /** The snapshot. */
  readonly file: string;
  /** The bundle in it; empty while packing where the tree is the base's. */
  readonly bundle: string;
  readonly folders: readonly string[];
  readonly tree?: string;
}

interface Kept {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function* entries(folders: readonly string[]): Generator<Buffer> {
  let [count, bytes] = [0, 0];
  for (const folder of folders) {
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const path of filesBelow(folder)) {
      const content = readFileSync(path);
      const about: Kept = { path, mode: lstatSync(path).mode & 0o777, size: content.length };
      count += 1;
      bytes += content.length;
      if (count > MOST_FILES || bytes > MOST_BYTES)
        throw new Error(`What is kept is more than ${MOST_FILES} files or ${MOST_BYTES / 1024 / 1024} MB.`);
      yield Buffer.from(`${JSON.stringify(about)}\n`);
      if (content.length > 0) yield content;
    }
  }
}

async function pack({ file, bundle, folders, tree }: Order): Promise<object> {
  const bytes = bundle === "" ? Buffer.alloc(0) : readFileSync(bundle);
  const head = `${JSON.stringify({ version: VERSION, tree, bundle: bytes.length })}\n`;
  writeFileSync(file, Buffer.concat([Buffer.from(head), bytes]));
  await pipeline(Readable.from(entries(folders)), createGzip(), createWriteStream(file, { flags: "a" }));
  return { size: lstatSync(file).size };
}

/** Reads exactly what it is asked for from chunks of any size. */
function reader(chunks: AsyncIterable<Buffer>) {
  const source = chunks[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  async function more(): Promise<boolean> {
    const { value, done } = await source.next();
    if (done) return false;
    held = Buffer.concat([held, value]);
    return true;
  }
  function take(size: number): Buffer {
    const taken = held.subarray(0, size);
    held = held.subarray(size);
    return taken;
  }
  return {
    /** Null at the end. */
    async line(): Promise<string | null> {
      for (;;) {
        const end = held.indexOf(10);
        if (end >= 0)
          return take(end + 1)
            .toString("utf8")
            .trimEnd();
        if (held.length > MOST_OF_LINE) throw new Error("The snapshot is not readable.");
        if (await more()) continue;
        if (held.length > 0) throw new Error("The snapshot was cut short.");
        return null;
      }
    },
    async bytes(size: number): Promise<Buffer> {
      const parts: Buffer[] = [];
      for (let missing = size; missing > 0; ) {
        if (held.length === 0 && !(await more())) throw new Error("The snapshot was cut short.");
        const part = take(missing);
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    async *rest(): AsyncGenerator<Buffer> {
      do yield take(held.length);
      while (await more());
    },
  };
}

const isBelow = (path: string, folders: readonly string[]): boolean =>
  normalize(path) === path && folders.some((folder) => path.startsWith(`${folder}/`));

function readHead(line: string | null): { tree: string; bundle: number } {
  const { version, tree, bundle } = JSON.parse(line ?? "{}") as Record<string, unknown>;
  const isKnown = version === VERSION && typeof tree === "string" && /^[0-9a-f]{40}$/.test(tree);
  if (!isKnown || typeof bundle !== "number") throw new Error("The snapshot is of another kind.");
  return { tree, bundle };
}

async function unpack({ file, bundle, folders }: Order): Promise<object> {
  const whole = reader(createReadStream(file));
  const head = readHead(await whole.line());
  if (head.bundle > 0) writeFileSync(bundle, await whole.bytes(head.bundle));
  const kept = reader(Readable.from(whole.rest()).pipe(createGunzip()));
  let [count, bytes] = [0, 0];
  for (let line = await kept.line(); line !== null; line = await kept.line()) {
    const { path, mode, size } = JSON.parse(line) as Kept;
    count += 1;
    bytes += size;
    if (!isBelow(path, folders) || count > MOST_FILES || bytes > MOST_BYTES)
      throw new Error("The snapshot holds what no session keeps.");
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, await kept.bytes(size), { mode: mode & 0o777 });
  }
  return { tree: head.tree, hasBundle: head.bundle > 0 };
}

const order = JSON.parse(process.env.PH_KEPT ?? "{}") as Order;
process.stdout.write(JSON.stringify(await (order.do === "pack" ? pack(order) : unpack(order))));
