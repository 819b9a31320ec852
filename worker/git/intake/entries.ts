// Reads git's machine output about trees: `ls-tree -r -z`, `diff-tree -r -z --raw`. Paths are bytes; one that is not
// UTF-8 cannot be shown, stored or signed as what it is, so it is reported and never guessed.
import { EMPTY_MODE, type Mode, modeOf } from "./modes.ts";

/** One side of a changed path. */
export interface Version {
  readonly mode: Mode;
  readonly oid: string;
}

export interface Change {
  readonly path: string;
  /** null: the path did not exist. */
  readonly before: Version | null;
  /** null: the path is deleted. */
  readonly after: Version | null;
}

export interface TreeEntry {
  readonly mode: Mode;
  readonly oid: string;
  readonly path: string;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The path's text, or null when its bytes are no UTF-8. */
export function decodePath(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Pieces between NUL bytes. */
export function splitNul(output: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let end = output.indexOf(0, from); end >= 0; end = output.indexOf(0, from)) {
    pieces.push(output.subarray(from, end));
    from = end + 1;
  }
  return pieces;
}

function version(mode: string, oid: string): Version | null {
  return mode === EMPTY_MODE ? null : { mode: modeOf(mode), oid };
}

/** `:100644 100755 <oid> <oid> M\0path\0…`, without rename detection. A path that is no UTF-8 comes as null. */
export function parseRawDiff(output: Buffer): {
  readonly changes: readonly Change[];
  readonly undecodable: number;
} {
  const pieces = splitNul(output);
  const changes: Change[] = [];
  let undecodable = 0;
  for (let i = 0; i + 1 < pieces.length; i += 2) {
    const [oldMode = "", newMode = "", oldOid = "", newOid = ""] = (pieces[i] ?? Buffer.alloc(0))
      .toString("latin1")
      .slice(1)
      .split(" ");
    const path = decodePath(pieces[i + 1] ?? Buffer.alloc(0));
    if (path === null) undecodable += 1;
    else changes.push({ path, before: version(oldMode, oldOid), after: version(newMode, newOid) });
  }
  return { changes, undecodable };
}

/** `100644 blob <oid>\tpath\0…`; paths that are no UTF-8 are left out (no changed path is one of them). */
export function parseTree(output: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (const piece of splitNul(output)) {
    const tab = piece.indexOf(9);
    const [mode = "", , oid = ""] = piece.toString("latin1", 0, tab).split(" ");
    const path = decodePath(piece.subarray(tab + 1));
    if (path !== null) entries.push({ mode: modeOf(mode), oid, path });
  }
  return entries;
}
