// Refused sign-ins, written down but not without bound.
import { transaction } from "../../db.ts";
import type { NewDetail } from "../../record/kinds/all-kinds.ts";
import type { Subject } from "../../record/schema.ts";
import type { Scope } from "../../scope.ts";
import type { Visitor } from "../schema.ts";
import { floodGate } from "./flood.ts";

// An account has five tries an address anyway; this bounds made-up accounts and knocking at a closed account.
const written = floodGate(20);

export type RefusalReason = NewDetail<"person.sign_in_refused">["reason"];

export async function writeRefusal(
  scope: Scope,
  { address }: Visitor,
  personId: string,
  reason: RefusalReason,
): Promise<void> {
  const { write, unwritten } = written(address, scope.clock.now());
  if (!write) return;
  const about: Subject = `person:${personId}`;
  await transaction(scope, async (tx) => {
    tx.record({ kind: "person.sign_in_refused", about: [about], detail: { address, reason, unwritten } });
  });
}
