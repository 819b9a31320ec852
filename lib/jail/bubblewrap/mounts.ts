// Host paths that a sandbox is about to see. Both checks keep an agent's symbolic link from choosing the path.
import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { messageOf, refused } from "#lib/errors.ts";
import { codeOf } from "../cgroups/group.ts";
import type { SandboxSpec } from "../port.ts";
import { type MountRequest, readOnlyMounts } from "./spec.ts";

async function requirePlain({ host }: MountRequest): Promise<void> {
  const real = await realpath(host).catch((error: unknown) => {
    throw refused(`The host path ${host} cannot be mounted: ${messageOf(error)}`);
  });
  if (real !== host) throw refused(`The host path ${host} goes through a symbolic link (it is ${real}).`);
}

/** Gives the directory, not what is in it, to the sandbox's user. */
async function giveTo(uid: number, host: string): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const directory = await open(host, flags).catch((error: unknown) => {
    if (codeOf(error) === "ENOTDIR" || codeOf(error) === "ELOOP")
      throw refused(`The writable path ${host} is not a directory.`);
    throw error;
  });
  try {
    await directory.chown(uid, uid);
  } finally {
    await directory.close();
  }
}

/** Checks every host path of a spec and hands the writable one over. `uid` null: it is ours already. */
export async function prepareMounts(spec: SandboxSpec, uid: number | null): Promise<void> {
  await Promise.all(readOnlyMounts(spec).map(requirePlain));
  if (spec.writable === undefined) return;
  await requirePlain(spec.writable);
  if (uid !== null) await giveTo(uid, spec.writable.host);
}
