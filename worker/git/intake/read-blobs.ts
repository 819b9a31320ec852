// Reads `git cat-file --batch` as it streams: each blob is hashed, and kept only where it is small enough for the
// rules that look into contents. Nothing is ever read by path.
import { createHash, type Hash } from "node:crypto";
import { type Quarantine, quarantineOutput } from "../quarantine.ts";

export interface BlobReader {
  push(chunk: Buffer): void;
  /** Throws when the stream stopped inside a blob. */
  finish(): void;
}

export interface BlobSink {
  /** Called once per blob. `content` is null where it is larger than `keepBytes`. */
  onBlob(oid: string, sha256: string, content: Buffer | null): void;
  readonly keepBytes: number;
}

interface OpenBlob {
  readonly oid: string;
  readonly hash: Hash;
  readonly kept: Buffer[] | null;
  left: number;
}

const NEWLINE = 10;

/** A parser of `<oid> blob <size>\n<bytes>\n` over chunks cut anywhere. */
export function blobReader(sink: BlobSink): BlobReader {
  let header = Buffer.alloc(0);
  let blob: OpenBlob | null = null;

  function open(line: string): OpenBlob {
    const [oid = "", type, size = ""] = line.split(" ");
    if (type !== "blob" || !/^\d+$/.test(size))
      throw new Error(`git cat-file answered ${JSON.stringify(line.slice(0, 80))}`);
    return {
      oid,
      hash: createHash("sha256"),
      kept: Number(size) <= sink.keepBytes ? [] : null,
      left: Number(size),
    };
  }

  function takeContent(current: OpenBlob, chunk: Buffer): Buffer {
    const part = chunk.subarray(0, current.left);
    current.hash.update(part);
    current.kept?.push(part);
    current.left -= part.length;
    const rest = chunk.subarray(part.length);
    if (current.left > 0 || rest.length === 0) return rest;
    if (rest[0] !== NEWLINE) throw new Error("git cat-file's answer has no newline after a blob");
    sink.onBlob(current.oid, current.hash.digest("hex"), current.kept && Buffer.concat(current.kept));
    blob = null;
    return rest.subarray(1);
  }

  function takeHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(NEWLINE);
    header = Buffer.concat([header, end < 0 ? chunk : chunk.subarray(0, end)]);
    if (header.length > 200) throw new Error("git cat-file's answer has an overlong header");
    if (end < 0) return Buffer.alloc(0);
    blob = open(header.toString("latin1"));
    header = Buffer.alloc(0);
    return chunk.subarray(end + 1);
  }

  return {
    push(chunk) {
      let rest = chunk;
      while (rest.length > 0) rest = blob === null ? takeHeader(rest) : takeContent(blob, rest);
    },
    finish() {
      if (blob !== null || header.length > 0)
        throw new Error("git cat-file's answer ended in the middle of a blob");
    },
  };
}

/** Streams `oids` from the quarantine into `sink`. Sizes were checked before. */
export async function readBlobs(
  quarantine: Quarantine,
  oids: readonly string[],
  sink: BlobSink,
): Promise<void> {
  if (oids.length === 0) return;
  const reader = blobReader(sink);
  await quarantineOutput(quarantine, {
    args: ["cat-file", "--batch", "--buffer"],
    input: oids.map((oid) => `${oid}\n`).join(""),
    onOutput: (chunk) => reader.push(chunk),
  });
  reader.finish();
}
