import type { PackageChange } from "#lib/dependencies/schema.ts";

export type Ecosystem = PackageChange["ecosystem"];

export interface Pinned {
  readonly name: string;
  readonly version: string;
  /** Where it is taken from, as it stands there; null where that is the ecosystem's own place. */
  readonly source: string | null;
  readonly hash: string | null;
  readonly licence: string | null;
  readonly hasInstallScript: boolean;
}

export interface Lockfile {
  readonly ecosystem: Ecosystem;
  readonly packages: readonly Pinned[];
  /** What the project itself asks for, by name; null where the lockfile does not say. */
  readonly asked: ReadonlyMap<string, string> | null;
}

export const pinned = (name: string, version: string, more: Partial<Pinned> = {}): Pinned => ({
  ...{ name, version, source: null, hash: null, licence: null, hasInstallScript: false },
  ...more,
});

export const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
