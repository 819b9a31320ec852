const MiB = 1024 * 1024;

/** What a patch may be at most. Counted before anything is diffed or shown. */
export interface Caps {
  readonly bundleBytes: number;
  readonly objects: number;
  readonly commits: number;
  readonly changedFiles: number;
  /** Entries of the whole proposed tree. */
  readonly treeEntries: number;
  readonly pathBytes: number;
  readonly pathDepth: number;
  /** One changed file, before or after. */
  readonly fileBytes: number;
  /** All changed files together, before and after. */
  readonly totalBytes: number;
  readonly diffBytes: number;
}

export const DEFAULT_CAPS: Caps = {
  bundleBytes: 128 * MiB,
  objects: 50_000,
  commits: 1_000,
  changedFiles: 2_000,
  treeEntries: 500_000,
  pathBytes: 1_024,
  pathDepth: 64,
  fileBytes: 64 * MiB,
  totalBytes: 192 * MiB,
  diffBytes: 48 * MiB,
};
