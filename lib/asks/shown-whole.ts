import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { findSecrets } from "../secrets/service.ts";
import { askText } from "./state.ts";
import { type AskRow, findAskOfGate } from "./store.ts";

/** What was asked is there, and is what the gate's document commits to. */
const isKept = (ask: AskRow | null): ask is AskRow =>
  ask !== null &&
  ask.salt !== null &&
  payloadCommitment(ask.salt, Buffer.from(askText(ask), "utf8")).toString("hex") === ask.commitment;

/**
 * Throws where what is asked is not kept any more, or where pages mask a part of it: an agent could have written it so that
 * what it does stands there. Nobody allows what nobody saw.
 */
export async function requireShownWhole(db: Db, gateId: string): Promise<void> {
  const ask = await findAskOfGate(db, gateId);
  if (!isKept(ask))
    throw refused("What was asked is not kept any more, so it cannot be allowed unseen. It can be declined.");
  const found = await Promise.all([ask.text, ask.cwd].map((text) => findSecrets(text)));
  if (found.flat().length > 0)
    throw refused(
      "Part of what is asked looks like a secret and is masked, so it cannot be allowed unseen. Decline it, and say how else it can be done.",
    );
}
