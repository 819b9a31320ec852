// What the analysis is given: one line of JSON that says which files and how long they are, then their bytes, nothing
// between them. Nothing is read by path.

export interface AskedFile {
  readonly path: string;
  readonly previousPath: string | null;
  /** A file of the charter's harness. */
  readonly isHarness: boolean;
  /** Bytes; null where there is no such side, -1 where it is too large to be handed over. */
  readonly before: number | null;
  readonly after: number | null;
}

/** `large`: there, but its bytes were not handed over. */
export type Side = Buffer | "large" | null;

export interface ChangedContent {
  readonly path: string;
  readonly previousPath: string | null;
  readonly isHarness: boolean;
  readonly before: Side;
  readonly after: Side;
}

export function requestBytes(files: readonly ChangedContent[]): Buffer {
  const sizeOf = (side: Side): number | null => (side === null ? null : side === "large" ? -1 : side.length);
  const header = files.map(
    ({ path, previousPath, isHarness, before, after }): AskedFile => ({
      ...{ path, previousPath, isHarness, before: sizeOf(before), after: sizeOf(after) },
    }),
  );
  const sides = files.flatMap(({ before, after }) => [before, after]).filter((side) => Buffer.isBuffer(side));
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...sides]);
}

export function readRequest(bytes: Buffer): ChangedContent[] {
  const end = bytes.indexOf(10);
  const header = JSON.parse(bytes.toString("utf8", 0, end)) as AskedFile[];
  let at = end + 1;
  const take = (size: number | null): Side => {
    if (size === null || size < 0) return size === null ? null : "large";
    at += size;
    return bytes.subarray(at - size, at);
  };
  return header.map((file) => ({ ...file, before: take(file.before), after: take(file.after) }));
}
