// The text before the pack of a bundle, version 2 (gitformat-bundle): read by us, since `git fetch` from a bundle
// checks nothing, and written by us, since then it needs no ref of the repository.
const SIGNATURE = "# v2 git bundle\n";
export const PATCH_REF = "refs/heads/patch";
export const BASE_REF = "refs/heads/base";
/** Bytes in which the header must end, and how much of a file has to be read to judge it. */
export const HEADER_BYTES = 4096;
const PACK_HEADER_BYTES = 12;
export const HEAD_BYTES = HEADER_BYTES + PACK_HEADER_BYTES;

export interface BundleHead {
  /** Commit the one ref points at. */
  readonly commit: string;
  /** Whether the pack builds on the base. */
  readonly thin: boolean;
  /** Where the pack begins in the file, bytes. */
  readonly packOffset: number;
  /** Objects the pack says it holds. */
  readonly objects: number;
}

export interface BundleExpectation {
  readonly ref: string;
  /** The only commit the bundle may build on. */
  readonly base: string;
}

export type ParsedBundle =
  | { readonly ok: true; readonly head: BundleHead }
  | { readonly ok: false; readonly problem: string };

const problem = (text: string): ParsedBundle => ({ ok: false, problem: text });

/** Judges the first bytes of a bundle file. Pure; never throws on any input. */
export function parseBundleHead(bytes: Buffer, { ref, base }: BundleExpectation): ParsedBundle {
  const end = bytes.subarray(0, HEADER_BYTES).indexOf("\n\n");
  if (!bytes.subarray(0, SIGNATURE.length).equals(Buffer.from(SIGNATURE)))
    return problem("It is not a version 2 git bundle.");
  if (end < 0) return problem(`Its header does not end within ${HEADER_BYTES} bytes.`);
  const lines = bytes.subarray(SIGNATURE.length, end).toString("latin1").split("\n");
  const prerequisites = lines.filter((line) => line.startsWith("-"));
  const refs = lines.filter((line) => !line.startsWith("-"));
  for (const line of prerequisites) {
    if (!/^-[0-9a-f]{40}(?: .*)?$/.test(line))
      return problem("A prerequisite line of its header is malformed.");
    if (line.slice(1, 41) !== base) return problem("It builds on another commit than the base of this run.");
  }
  if (refs.length !== 1) return problem(`It holds ${refs.length} refs; exactly one, ${ref}, is expected.`);
  const match = /^([0-9a-f]{40}) (.+)$/.exec(refs[0] ?? "");
  if (match?.[1] === undefined) return problem("The ref line of its header is malformed.");
  if (match[2] !== ref) return problem(`Its ref is not ${ref}.`);
  const packOffset = end + 2;
  if (bytes.length < packOffset + PACK_HEADER_BYTES) return problem("It holds no pack.");
  if (bytes.toString("latin1", packOffset, packOffset + 4) !== "PACK") return problem("It holds no pack.");
  const version = bytes.readUInt32BE(packOffset + 4);
  if (version !== 2 && version !== 3) return problem("Its pack has a version that git does not know.");
  const objects = bytes.readUInt32BE(packOffset + 8);
  return { ok: true, head: { commit: match[1], thin: prerequisites.length > 0, packOffset, objects } };
}

/** The header of a bundle with one ref, to be followed by a pack. */
export function bundleHeader({ ref, commit, base }: { ref: string; commit: string; base?: string }): Buffer {
  const prerequisite = base === undefined ? "" : `-${base}\n`;
  return Buffer.from(`${SIGNATURE}${prerequisite}${commit} ${ref}\n\n`);
}
