// Runs inside the sandbox when nothing of the agent is left there: reads what lies at the planned paths, as it lies there, and
// writes it to fd 3 as one frame. Given to Node as text, so it is one file without imports of ours. No link is followed; what is
// no plain file of one name is left, and said. The runner outside holds all of it to the same plan again.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  writeSync,
} from "node:fs";
import { join } from "node:path";

interface Order {
  readonly tree: string;
  readonly number: number;
  readonly paths: readonly string[];
  readonly count: number;
  readonly bytes: number;
  readonly depth: number;
  readonly pathBytes: number;
  readonly mostRefused: number;
  /** Files of the base: they are changed by the patch, and are no artefacts. */
  readonly tracked: readonly string[];
}

/** Entries that are looked at; a tree with more of them is cut, and says so. */
const MOST_SEEN = 20_000;
const BLOCK = 512;

const order = JSON.parse(readFileSync(0, "utf8")) as Order;
const tracked = new Set(order.tracked);
const files: { path: string; size: number }[] = [];
const refused: { path: string; fault: string; times: number }[] = [];
let [seen, total] = [0, 0];

function refuse(path: string, fault: string): void {
  const shown = path.slice(0, 300).toWellFormed();
  if (refused.length < order.mostRefused) refused.push({ path: shown, fault, times: 1 });
  else {
    const last = refused.findLast((one) => one.fault === fault) ?? refused.at(-1);
    if (last) last.times += 1;
  }
}

function kindOf(stats: Stats): string | null {
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return "device";
  return stats.isFile() || stats.isDirectory() ? null : "unreadable";
}

function faultOfFile(stats: Stats, path: string): string | null {
  if (stats.nlink !== 1) return "hardlink";
  if (stats.size === 0) return "empty";
  if (stats.blocks * BLOCK < stats.size) return "sparse";
  if (files.length >= order.count) return "count";
  // Room that was taken and not filled counts as well.
  const room = Math.max(stats.size, stats.blocks * BLOCK - 4095);
  if (stats.size > order.bytes || total + room > order.bytes) return "bytes";
  return faultOfName(path);
}

function isReadable(path: string): boolean {
  try {
    closeSync(
      openSync(join(order.tree, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
    );
    return true;
  } catch {
    return false; // whatever the reason: it is left, and said
  }
}

function faultOfName(path: string): string | null {
  if (path.split("/").length > order.depth) return "depth";
  const isText = !path.includes("\uFFFD") && !/\p{Cc}/u.test(path);
  return isText && Buffer.byteLength(path) <= order.pathBytes ? null : "name";
}

function look(path: string): void {
  seen += 1;
  if (seen > MOST_SEEN) return;
  // A name that is no UTF-8 came here as another one, under which nothing lies.
  if (path.includes("\uFFFD")) {
    refuse(path, "name");
    return;
  }
  let stats: Stats;
  try {
    stats = lstatSync(join(order.tree, path));
  } catch (error) {
    // Where nothing is there is nothing to say.
    if ((error as { code?: string }).code !== "ENOENT") refuse(path, "unreadable");
    return;
  }
  const kind = kindOf(stats);
  if (kind !== null) refuse(path, kind);
  else if (stats.isDirectory()) lookInside(path);
  else if (!tracked.has(path)) take(path, stats);
}

function take(path: string, stats: Stats): void {
  const fault = faultOfFile(stats, path) ?? (isReadable(path) ? null : "unreadable");
  if (fault !== null) {
    refuse(path, fault);
    return;
  }
  total += Math.max(stats.size, stats.blocks * BLOCK - 4095);
  files.push({ path, size: stats.size });
}

function lookInside(path: string): void {
  if (path.split("/").length >= order.depth) {
    refuse(path, "depth");
    return;
  }
  for (const name of namesIn(path) ?? []) look(`${path}/${name}`);
}

/** Null, and said, where its rights were taken from it. */
function namesIn(path: string): string[] | null {
  try {
    return readdirSync(join(order.tree, path)).sort();
  } catch {
    refuse(path, "unreadable"); // whatever the reason
    return null;
  }
}

/** A planned path whose folders are folders all the way down. */
function begin(path: string): void {
  const parts = path.split("/");
  for (let end = 1; end < parts.length; end++) {
    const above = parts.slice(0, end).join("/");
    const stats = lstatSync(join(order.tree, above), { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (!stats.isDirectory()) {
      refuse(above, kindOf(stats) ?? "unreadable");
      return;
    }
  }
  look(path);
}

/** Exactly as many bytes as it was said to have; else the whole is given up. */
function contentOf({ path, size }: { path: string; size: number }): Buffer {
  const fd = openSync(
    join(order.tree, path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    const now = fstatSync(fd);
    if (!now.isFile() || now.nlink !== 1 || now.size !== size)
      throw new Error("A file changed while it was read.");
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; ) {
      const read = readSync(fd, bytes, at, size - at, at);
      if (read === 0) throw new Error("A file changed while it was read.");
      at += read;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}

function write(bytes: Buffer): void {
  for (let left = bytes; left.length > 0; left = left.subarray(writeSync(3, left)));
}

for (const path of order.paths) begin(path);
if (seen > MOST_SEEN) refuse(order.paths[0] ?? "", "count");
const contents = files.map(contentOf);
const head = Buffer.from(`${JSON.stringify({ files, refused })}\n`);
const size = contents.reduce((sum, { length }) => sum + length, head.length);
write(Buffer.from(`artefacts ${order.number} ${size}\n`));
write(head);
for (const content of contents) write(content);
