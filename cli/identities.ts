// Who each process is. Started as root, every process gets a user of its own, so that one taken over reaches
// neither the others' memory nor their files; sandboxes use 61000 and up. As a normal user all are that
// user: one trust domain.
import type { Identity } from "#lib/postgres/initialise.ts";

/** Web and worker share files in the blob folder through this group, and read the log's. */
const BLOB_GROUP = 60_910;

export interface Identities {
  readonly postgres: Identity | null;
  readonly web: Identity | null;
  readonly worker: Identity | null;
  readonly notary: Identity | null;
  readonly gateway: Identity | null;
  /** Stays root, because it starts each sandbox slot as another user. */
  readonly runner: null;
  readonly blobGroup: number | null;
}

export function identitiesFor(isRoot: boolean): Identities {
  if (!isRoot)
    return {
      ...{ postgres: null, web: null, worker: null, notary: null, gateway: null },
      ...{ runner: null, blobGroup: null },
    };
  return {
    postgres: { uid: 60_900, gid: 60_900 },
    web: { uid: 60_901, gid: BLOB_GROUP },
    worker: { uid: 60_902, gid: BLOB_GROUP },
    notary: { uid: 60_903, gid: 60_903 },
    gateway: { uid: 60_904, gid: 60_904 },
    runner: null,
    blobGroup: BLOB_GROUP,
  };
}

export const isRoot = (): boolean => process.getuid?.() === 0;
