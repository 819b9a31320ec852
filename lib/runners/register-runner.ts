import type { z } from "zod";
import { floodGate } from "../auth/tries/flood.ts";
import { type Tx, transaction } from "../db.ts";
import { AppError, badInput, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { ACCEPTED_VERSIONS, type Register } from "../protocol/schema.ts";
import { readPublicKey, sha256Hex } from "../protocol/signing.ts";
import { made } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { admission, freeName, runnerState } from "./rules.ts";
import { tokenHash } from "./service.ts";
import {
  findByPublicKey,
  findRunnerRow,
  insertRunner,
  lockEnrolment,
  lockNames,
  upsertContact,
  useEnrolment,
} from "./store.ts";

type Application = z.infer<typeof Register>;

type Refusal = { readonly refusal: AppError; readonly enrolmentId: string | null };
type Outcome = { readonly runnerId: string } | Refusal;

// Anybody can knock here, and what is written stays for ever.
const written = floodGate(10);

/**
 * Makes a runner of who brings an unused token; the token is used up. The same token with the same key again gives
 * the same runner. A refusal is recorded with the address it came from, a few a minute and address, and thrown.
 */
export async function registerRunner(
  scope: Scope,
  input: Application,
  address: string,
): Promise<{ runnerId: string }> {
  if (readPublicKey(input.publicKey) === null)
    throw badInput("The public key is not an Ed25519 key in SPKI DER, base64.");
  const outcome = await transaction(scope, (tx) => decide(tx, scope, input, address));
  if ("runnerId" in outcome) return outcome;
  await writeRefusal(scope, outcome, address);
  throw outcome.refusal;
}

async function writeRefusal(scope: Scope, { refusal, enrolmentId }: Refusal, address: string): Promise<void> {
  const { write, unwritten } = written(address, scope.clock.now());
  if (!write) return;
  await transaction(scope, async (tx) => {
    tx.record({
      kind: "runner.refused",
      about: [`enrolment:${enrolmentId ?? "unknown"}`],
      detail: { code: refusal.code, address, unwritten },
    });
  });
}

async function decide(tx: Tx, scope: Scope, input: Application, address: string): Promise<Outcome> {
  const enrolment = await lockEnrolment(tx.db, tokenHash(input.enrolmentToken));
  const user = enrolment?.runnerId ? await findRunnerRow(tx.db, enrolment.runnerId) : null;
  const facts = enrolment && {
    phases: enrolment.phases,
    expiresAt: enrolment.expiresAt.getTime(),
    usedBy: user && user.revokedAt === null ? user.publicKey : enrolment.runnerId && "",
  };
  const verdict = admission(facts, input, ACCEPTED_VERSIONS, scope.clock.now());
  if (verdict.kind === "known" && user) return { runnerId: user.id };
  if (enrolment === null || verdict.kind !== "admit") {
    const refusal =
      verdict.kind === "refuse"
        ? new AppError(verdict.code, verdict.sentence)
        : refused("This runner cannot register.");
    return { refusal, enrolmentId: enrolment?.id ?? null };
  }
  if (await findByPublicKey(tx.db, input.publicKey)) {
    const refusal = refused("This key belongs to a runner already; let the new runner make its own.");
    return { refusal, enrolmentId: enrolment.id };
  }
  return admit(tx, scope, input, enrolment.id, address);
}

async function admit(
  tx: Tx,
  scope: Scope,
  input: Application,
  enrolmentId: string,
  address: string,
): Promise<Outcome> {
  const now = scope.clock.now();
  const at = new Date(now);
  const runnerId = newId("runner", now);
  const { publicKey, hostId, version, tier, tierMissing } = input;
  const phases = [...new Set(input.phases)];
  const name = freeName(input.name, await lockNames(tx.db, input.name));
  await insertRunner(tx.db, { id: runnerId, name, publicKey, hostId, phases, registeredAt: at });
  await useEnrolment(tx.db, enrolmentId, runnerId, at);
  await upsertContact(tx.db, runnerId, at, { version, tier, tierMissing });
  tx.record({
    kind: "runner.registered",
    about: [`runner:${runnerId}`, `enrolment:${enrolmentId}`],
    ...made(runnerState({ id: runnerId, publicKey, phases }, false)),
    detail: {
      host_sha256: sha256Hex(Buffer.from(hostId, "utf8")),
      phases,
      tier,
      public_key: publicKey,
      address,
    },
  });
  return { runnerId };
}
