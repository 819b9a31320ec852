// The one unsigned request of a runner's life.

import type { z } from "zod";
import { refused } from "#lib/errors.ts";
import { PROTOCOL_VERSION, type Register } from "#lib/protocol/schema.ts";
import type { PlaneClient } from "./client.ts";
import type { Identity } from "./identity.ts";
import { readPrivateFile } from "./state-folder.ts";

/** What the runner says about itself, besides its key. */
export type SelfPortrait = Pick<
  z.infer<typeof Register>,
  "name" | "phases" | "tier" | "tierMissing" | "slots"
>;

/** Resolves with the runner's id. The plane answers the same id when the same key asks again after a lost answer. */
export async function enrol(
  plane: PlaneClient,
  { identity, self, enrolmentFile }: { identity: Identity; self: SelfPortrait; enrolmentFile: string | null },
  signal: AbortSignal,
): Promise<string> {
  if (enrolmentFile === null) {
    throw refused(
      "This runner is not registered yet. Set PILOTHOUSE_ENROLMENT_FILE to the file with its enrolment token.",
    );
  }
  const token = (await readPrivateFile(enrolmentFile))?.trim();
  if (token === undefined) throw refused(`There is no enrolment token at ${enrolmentFile}.`);
  if (token.length < 20 || token.length > 200)
    throw refused(`${enrolmentFile} does not hold an enrolment token.`);
  const { publicKey, hostId } = identity;
  return plane.register(
    { version: PROTOCOL_VERSION, enrolmentToken: token, publicKey, hostId, ...self },
    signal,
  );
}
