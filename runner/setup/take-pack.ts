// Takes what setup left out of its sandbox, onto the host's disk. Names are checked before anything is made of them; files are
// new ones, never opened through a link; links are made last; owners, modes, set-uid bits and times stay behind.
import { createHash, type Hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, symlinkSync, writeSync } from "node:fs";
import { posix } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { messageOf, refused } from "#lib/errors.ts";
import type { SetupPlan } from "#lib/setup/schema.ts";
import { visibleText } from "#lib/text/rules.ts";
import { linkProblem, pathProblem, rootOf } from "./pack-names.ts";

const MiB = 1024 * 1024;
export const PACK_CAPS = { entries: 250_000, bytes: 2048 * MiB } as const;
export type PackCaps = { readonly [Name in keyof typeof PACK_CAPS]: number };

const MOST_LINE_BYTES = 8192;
const FOLDER_MODE = 0o755;

const Line = z.discriminatedUnion("t", [
  z.strictObject({ t: z.literal("d"), p: z.string() }),
  z.strictObject({
    t: z.literal("f"),
    p: z.string(),
    x: z.union([z.literal(0), z.literal(1)]),
    n: z.int().min(0),
  }),
  z.strictObject({ t: z.literal("l"), p: z.string(), to: z.string() }),
  z.strictObject({ t: z.literal("end"), entries: z.int().min(0), bytes: z.int().min(0) }),
  z.strictObject({ t: z.literal("failed"), because: z.string().max(1000) }),
]);
type Line = z.infer<typeof Line>;

export interface TakenPack {
  /** Hex SHA-256 over names, kinds and contents, whatever order they came in. */
  readonly contents: string;
  readonly entries: number;
  readonly bytes: number;
}

interface OpenFile {
  readonly fd: number;
  readonly path: string;
  readonly executable: 0 | 1;
  readonly hash: Hash;
  left: number;
}

export interface PackOptions {
  /** Host folder, empty; the declared folder number i becomes `i` in it. */
  readonly folder: string;
  readonly paths: SetupPlan["paths"];
  /** Folders of the tree that links may lead to besides. */
  readonly workspaces?: readonly string[];
  readonly caps?: PackCaps;
}

/** Throws a sentence for anything but a whole pack of plain files, folders and links, inside the declared folders. */
export async function takePack(stream: Readable, options: PackOptions): Promise<TakenPack> {
  const taker = createTaker(options);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) taker.take(chunk);
    return taker.finish();
  } finally {
    taker.close();
  }
}

function createTaker({ folder, paths, workspaces = [], caps = PACK_CAPS }: PackOptions) {
  const folders = new Set<string>();
  const names = new Set<string>();
  const links: { readonly path: string; readonly to: string }[] = [];
  const listed: string[] = [];
  let bytes = 0;
  let file: OpenFile | null = null;
  let pending = Buffer.alloc(0);
  let isWhole = false;

  const hostPath = (path: string): string => {
    const root = rootOf(path, paths) ?? "";
    return posix.join(folder, String(paths.indexOf(root)), path.slice(root.length));
  };

  function admit(path: string): void {
    const problem = pathProblem(path, paths);
    if (problem !== null) throw refused(`Setup left ${shown(path)}, but ${problem}.`);
    if (names.has(path)) throw refused(`Setup left ${shown(path)} twice.`);
    if (!paths.includes(path) && !folders.has(posix.dirname(path)))
      throw refused(`Setup left ${shown(path)}, but not the folder it lies in.`);
    names.add(path);
    if (names.size > caps.entries) throw refused(`Setup left more than ${caps.entries} files and folders.`);
  }

  /** A declared folder is mounted by its path on the host: as a link it would lead to a place of the host. */
  function requireBelow(path: string): void {
    if (paths.includes(path)) throw refused(`${shown(path)} is no folder, but what setup made of it.`);
  }

  function begin(line: Line): void {
    if (isWhole) throw refused("Setup said more after its end.");
    switch (line.t) {
      case "d":
        admit(line.p);
        mkdirSync(hostPath(line.p), { mode: FOLDER_MODE });
        folders.add(line.p);
        listed.push(JSON.stringify(["d", line.p]));
        return;
      case "f":
        beginFile(line);
        return;
      case "l":
        link(line);
        return;
      case "end":
        if (line.entries !== names.size || line.bytes !== bytes)
          throw refused("What setup left does not add up.");
        isWhole = true;
        return;
      case "failed":
        throw refused(visibleText(line.because, "line"));
    }
  }

  function beginFile({ p: path, x: executable, n: size }: Extract<Line, { t: "f" }>): void {
    admit(path);
    requireBelow(path);
    bytes += size;
    if (bytes > caps.bytes) throw refused(`Setup left more than ${caps.bytes} bytes.`);
    // "wx": a new file or none, so nothing is written through whatever may be there.
    const fd = openSync(hostPath(path), "wx", executable === 1 ? 0o555 : 0o444);
    file = { fd, path, executable, hash: createHash("sha256"), left: size };
    if (size === 0) endFile();
  }

  function link({ p: path, to }: Extract<Line, { t: "l" }>): void {
    admit(path);
    requireBelow(path);
    const problem = linkProblem(path, to, { roots: paths, workspaces });
    if (problem !== null) throw refused(`Setup left the link ${shown(path)} → ${shown(to)}, but ${problem}.`);
    links.push({ path, to });
    listed.push(JSON.stringify(["l", path, to]));
  }

  function endFile(): void {
    if (file === null) return;
    closeSync(file.fd);
    listed.push(JSON.stringify(["f", file.path, file.executable, file.hash.digest("hex")]));
    file = null;
  }

  /** Returns what is left of the chunk. */
  function fill(chunk: Buffer): Buffer {
    if (file === null) return chunk;
    const part = chunk.subarray(0, file.left);
    for (let rest = part; rest.length > 0; ) rest = rest.subarray(writeSync(file.fd, rest));
    file.hash.update(part);
    file.left -= part.length;
    if (file.left === 0) endFile();
    return chunk.subarray(part.length);
  }

  return {
    take(chunk: Buffer): void {
      let left = chunk;
      while (left.length > 0) {
        if (file !== null) {
          left = fill(left);
          continue;
        }
        const end = left.indexOf(0x0a);
        if ((end === -1 ? left.length : end) + pending.length > MOST_LINE_BYTES)
          throw refused("Setup left a name that is too long.");
        if (end === -1) {
          pending = Buffer.concat([pending, left]);
          return;
        }
        const line = Buffer.concat([pending, left.subarray(0, end)]);
        pending = Buffer.alloc(0);
        left = left.subarray(end + 1);
        begin(parsed(line));
      }
    },
    finish(): TakenPack {
      if (!isWhole || pending.length > 0) throw refused("What setup left came out cut short.");
      for (const { path, to } of links) symlinkSync(to, hostPath(path));
      const contents = createHash("sha256").update(listed.sort().join("\n")).digest("hex");
      return { contents, entries: names.size, bytes };
    },
    close(): void {
      if (file !== null) closeSync(file.fd);
    },
  };
}

function parsed(line: Buffer): Line {
  try {
    return Line.parse(JSON.parse(line.toString("utf8")));
  } catch (error) {
    throw refused(`What setup left cannot be read: ${messageOf(error).slice(0, 200)}`);
  }
}

const shown = (path: string): string => visibleText(path, "line").slice(0, 300).toWellFormed();
