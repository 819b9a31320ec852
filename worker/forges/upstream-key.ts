// What an ssh upstream is shown, and the host keys it is known by: opened for one piece of work.
import { refused } from "#lib/errors.ts";
import { SealedKey } from "#lib/repositories/keys/schema.ts";
import { findUpstreamKeyForWork } from "#lib/repositories/keys/service.ts";
import type { Scope } from "#lib/scope.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import { openUpstreamKey } from "#lib/sealing/upstream-key.ts";
import type { SshKey } from "../git/ssh/ssh-git.ts";
import type { Workplace } from "../workplace.ts";

const LOCKED = "The key for this repository cannot be opened by this worker. Set it anew.";

export interface KeyedRepository {
  readonly id: string;
  readonly sourceKind: string;
  /** As it is kept: what the key was sealed for. */
  readonly source: string;
}

/** Undefined where none is set, or the repository is none of ssh. Throws refused where it cannot be opened. */
export async function upstreamKeyFor(
  { env }: Pick<Workplace, "env">,
  scope: Scope,
  { id, sourceKind, source }: KeyedRepository,
): Promise<SshKey | undefined> {
  if (sourceKind !== "ssh") return undefined;
  const kept = await findUpstreamKeyForWork(scope, id);
  if (kept === null) return undefined;
  const folder = env.PILOTHOUSE_NOTICE_KEYS;
  if (folder === undefined) throw refused(LOCKED);
  const { privateKey } = await keptKeyPair(folder);
  try {
    return SealedKey.parse(JSON.parse(openUpstreamKey(privateKey, { keyId: kept.id, source }, kept.sealed)));
  } catch {
    throw refused(LOCKED); // without a word of what it holds
  }
}
