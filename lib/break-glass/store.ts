import type { Db } from "../db.ts";
import type { SignedApproval } from "../passkeys/sign-approval.ts";

/** What the glass was broken with, as its entry cites it. */
export async function insertSignature(
  db: Db,
  gateId: string,
  { passkeyId, text: assertion }: SignedApproval,
): Promise<void> {
  await db.glassSignature.create({ data: { gateId, passkeyId, assertion } });
}
