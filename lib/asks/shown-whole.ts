import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import { findSecrets } from "../secrets/service.ts";
import { findAskOfGate } from "./store.ts";

/**
 * Throws where pages mask a part of what is asked: an agent could have written it so that what it does stands there, and
 * nobody allows what nobody saw.
 */
export async function requireShownWhole(db: Db, gateId: string): Promise<void> {
  const ask = await findAskOfGate(db, gateId);
  if (!ask) return;
  const found = await Promise.all([ask.text, ask.cwd].map((text) => findSecrets(text)));
  if (found.flat().length > 0)
    throw refused(
      "Part of what is asked looks like a secret and is masked, so it cannot be allowed unseen. Decline it, and say how else it can be done.",
    );
}
