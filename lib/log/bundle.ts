// A bundle: signed tree head, entries, and the hashes that stand for what is not shown; RFC 8785 JSON, one line each.
// Whoever joins the nodes left to right gets the root that was signed. Only one batch is in memory at a time.
import { canonicalText } from "../record/rules.ts";
import { type Hash, leafHash } from "../tlog/hashing.ts";
import type { NodeSource } from "../tlog/proofs.ts";
import { coveringNodes, type NodeAt } from "../tlog/ranges.ts";

export const BUNDLE_FORMAT = "pilothouse-log/1";

export interface BundleHeader {
  readonly origin: string;
  readonly epoch: number;
  readonly size: number;
  /** The signed note. */
  readonly checkpoint: string;
  readonly about: "export" | "dossier" | "proof";
  /** Whether payloads were asked for: events, diffs, bundles, reasons. */
  readonly blobs: boolean;
}

/** What an entry commits to: the lines after it. */
export type AttachedLine =
  | ({
      readonly type: "event";
      readonly run: string;
      readonly seq: number;
      readonly attempt: number;
      readonly at: string;
      readonly observedBy: string;
      readonly kind: string;
    } & ({ readonly body: unknown; readonly salt: string } | { readonly commitment: string }))
  | { readonly type: "document"; readonly name: string; readonly sha256: string; readonly text: string }
  | ({ readonly type: "blob"; readonly name: string; readonly commitment: string } & (
      | { readonly salt: string; readonly part: number; readonly last: boolean; readonly base64: string }
      | { readonly redacted: true }
      /** An item of a request that follows the entry of an earlier call. */
      | { readonly elsewhere: true }
    ));

export interface Disclosed {
  readonly index: number;
  readonly body: Uint8Array;
  readonly attached: AsyncIterable<AttachedLine> | Iterable<AttachedLine>;
}

/** What is stored is not what was committed to, or can no longer be given. The sentence ends the bundle. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/**
 * The lines of a bundle. `batches` are disclosed entries in ascending order, some at a time. Where an entry is not the
 * leaf that was numbered, the bundle ends with a `broken` line that names the index, and has no end line: nobody takes
 * it for whole.
 */
export async function* bundleLines(
  header: BundleHeader,
  batches: AsyncIterable<readonly Disclosed[]>,
  source: NodeSource,
): AsyncGenerator<string> {
  let lines = 0;
  const line = (value: object): string => {
    lines += 1;
    return `${canonicalText(value)}\n`;
  };
  yield line({ type: "header", format: BUNDLE_FORMAT, ...header });
  let at = 0;
  try {
    for await (const batch of batches) {
      const gaps = gapsBefore(at, batch);
      const leaves = batch.map(({ index }) => ({ level: 0, index }));
      const hashes = await source([...gaps.flat(), ...leaves]);
      let taken = 0;
      for (const [number, { index, body, attached }] of batch.entries()) {
        for (const node of gaps[number] ?? []) yield line(nodeLine(node, hashes[taken++]));
        at = index;
        refuseOtherLeaf(index, body, hashes[hashes.length - batch.length + number]);
        yield line({ type: "entry", index, body: Buffer.from(body).toString("utf8") });
        for await (const each of attached) yield line(each);
        at = index + 1;
      }
    }
    const rest = coveringNodes(at, header.size);
    const hashes = await source(rest);
    for (const [number, node] of rest.entries()) yield line(nodeLine(node, hashes[number]));
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    yield line({ type: "broken", index: at, why: error.message });
    return;
  }
  yield line({ type: "end", lines });
}

/** The nodes between each disclosed entry and the one before it. */
function gapsBefore(at: number, batch: readonly Disclosed[]): NodeAt[][] {
  let from = at;
  return batch.map(({ index }) => {
    if (index < from) throw new RangeError(`entry ${index} comes after ${from - 1}`);
    const gap = coveringNodes(from, index);
    from = index + 1;
    return gap;
  });
}

const nodeLine = ({ level, index }: NodeAt, hash: Hash | undefined) => {
  if (!hash) throw new RangeError(`no hash of node ${index} on level ${level}`);
  return { type: "node", level, index, hash: hash.toString("hex") };
};

function refuseOtherLeaf(index: number, body: Uint8Array, leaf: Hash | undefined): void {
  if (leaf?.equals(leafHash(body))) return;
  throw new Broken(
    `Entry ${index} as the database holds it is not the one that was numbered and signed: its hash is another one.`,
  );
}

/** Lines from number `from` on, counted from 0. Throws what `beyond` makes where there are fewer. */
export async function* linesFrom(
  lines: AsyncIterable<string>,
  from: number,
  beyond: (lines: number) => Error,
): AsyncGenerator<string> {
  let number = 0;
  for await (const line of lines) if (number++ >= from) yield line;
  if (from >= number && from > 0) throw beyond(number);
}
