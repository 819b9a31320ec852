// Where everything outside the database is kept, and who may reach it.
import { existsSync } from "node:fs";
import { chmod, chown, mkdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { badInput, messageOf, refused } from "#lib/errors.ts";
import type { Identity } from "#lib/postgres/initialise.ts";
import { parentsOf } from "./checks/folders.ts";
import type { Identities } from "./identities.ts";

export interface Layout {
  readonly data: string;
  readonly postgres: string;
  /** Passwords and keys of this deployment; for the launcher alone. */
  readonly secrets: string;
  readonly logs: string;
  /** Who runs at the moment. */
  readonly state: string;
  readonly blobs: string;
  readonly mirrors: string;
  /** Tiles and checkpoints: the notary writes, web and worker read. */
  readonly log: string;
  /** The notary's own: its state and its keys. */
  readonly notary: string;
  /** The gateway's own: the key that providers' keys are sealed to. */
  readonly gateway: string;
  /** Repositories that live here, such as the demo's; an allowed root. */
  readonly repositories: string;
  readonly runners: string;
  /** Programs of others that agents run, each added by the operator. */
  readonly agents: string;
  readonly homes: string;
}

export function layoutAt(data: string): Layout {
  return {
    data,
    postgres: join(data, "postgres"),
    secrets: join(data, "secrets"),
    logs: join(data, "logs"),
    state: join(data, "state"),
    blobs: join(data, "blobs"),
    mirrors: join(data, "mirrors"),
    log: join(data, "log"),
    notary: join(data, "notary"),
    gateway: join(data, "gateway"),
    repositories: join(data, "repositories"),
    runners: join(data, "runners"),
    agents: join(data, "agents"),
    homes: join(data, "homes"),
  };
}

/** `PILOTHOUSE_DATA`, else a folder outside any checkout: /var/lib for root, the user's data folder otherwise. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>, asRoot: boolean): string {
  if (env.PILOTHOUSE_DATA) {
    if (!isAbsolute(env.PILOTHOUSE_DATA)) {
      throw badInput(`PILOTHOUSE_DATA must be an absolute path, not "${env.PILOTHOUSE_DATA}".`);
    }
    return env.PILOTHOUSE_DATA.replace(/(?<=.)\/+$/, "");
  }
  if (asRoot) return "/var/lib/pilothouse";
  if (env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME)) return join(env.XDG_DATA_HOME, "pilothouse");
  if (!env.HOME) throw badInput("Set PILOTHOUSE_DATA: this user has no home folder to keep data in.");
  return join(env.HOME, ".local/share/pilothouse");
}

interface Folder {
  readonly path: string;
  readonly mode: number;
  readonly owner: Identity | null;
}

const OPEN = 0o755;
/** A sandbox's user walks through to its own files, and sees nothing on the way. */
const PASSAGE = 0o711;
const PRIVATE = 0o700;
const GROUP_SHARED = 0o2770;
const GROUP_READ = 0o2750;

/** What it makes there belongs to the group that reads it, by the folder's mode. */
function logOwner({ notary, blobGroup }: Identities): Identity | null {
  return notary && blobGroup !== null ? { uid: notary.uid, gid: blobGroup } : null;
}

function folders(layout: Layout, who: Identities): Folder[] {
  const own = who.blobGroup === null ? PRIVATE : OPEN;
  return [
    { path: layout.data, mode: own, owner: null },
    { path: layout.secrets, mode: PRIVATE, owner: null },
    { path: layout.logs, mode: PRIVATE, owner: null },
    { path: layout.state, mode: PRIVATE, owner: null },
    { path: layout.runners, mode: PASSAGE, owner: who.runner },
    { path: layout.agents, mode: own, owner: null },
    { path: layout.blobs, mode: who.blobGroup === null ? PRIVATE : GROUP_SHARED, owner: who.worker },
    { path: layout.mirrors, mode: PRIVATE, owner: who.worker },
    { path: layout.notary, mode: PRIVATE, owner: who.notary },
    { path: layout.gateway, mode: PRIVATE, owner: who.gateway },
    { path: layout.log, mode: who.blobGroup === null ? PRIVATE : GROUP_READ, owner: logOwner(who) },
    { path: layout.repositories, mode: own, owner: who.worker },
    { path: layout.homes, mode: own, owner: null },
    { path: join(layout.homes, "web"), mode: PRIVATE, owner: who.web },
    { path: join(layout.homes, "worker"), mode: PRIVATE, owner: who.worker },
    { path: join(layout.homes, "notary"), mode: PRIVATE, owner: who.notary },
    { path: join(layout.homes, "gateway"), mode: PRIVATE, owner: who.gateway },
  ];
}

/** One folder at a time: Node's recursive mkdir never ends on a file system that answers "not found" to it. */
async function makeFolder(path: string): Promise<void> {
  for (const folder of parentsOf(path)) {
    if (existsSync(folder)) continue;
    try {
      await mkdir(folder);
    } catch (error) {
      throw refused(`${folder} cannot be made (${messageOf(error)}): set PILOTHOUSE_DATA to another path.`);
    }
  }
}

/** Makes the folders, and sets owner and mode again where they exist. */
export async function prepareFolders(layout: Layout, who: Identities): Promise<void> {
  for (const { path, mode, owner } of folders(layout, who)) {
    await makeFolder(path);
    if (owner) await chown(path, owner.uid, owner.gid);
    await chmod(path, mode);
  }
}
