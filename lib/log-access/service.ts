// Time-boxed access to the log for somebody without an account: a token, shown once and kept as its hash.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { may, requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import { findPilotState } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import type { Subjects } from "../record/schema.ts";
import { actorId, type Scope } from "../scope.ts";
import { accessState } from "./rules.ts";
import type { Access, AccessView, GiveAccess, GivenAccess } from "./schema.ts";
import {
  type AccessListRow,
  findAccessRow,
  findByTokenHash,
  insertAccess,
  markWithdrawn,
  selectAccesses,
} from "./store.ts";

const TOKEN_BYTES = 32;
const LISTED = 200;

const hashOf = (text: string): string => sha256Hex(Buffer.from(text, "utf8"));

const subjectsOf = (accessId: string, pilotId: string | null): Subjects =>
  pilotId === null ? [`access:${accessId}`] : [`access:${accessId}`, `pilot:${pilotId}`];

/** Who may give access to a pilot's entries may give them to others; everything is the organisation's to give. */
export async function giveAccess(scope: Scope, input: GiveAccess): Promise<GivenAccess> {
  const { label, pilotId, withBlobs, days } = input;
  requirePermission(scope, "log.access", pilotId);
  if (withBlobs) requirePermission(scope, "payload.unmask", pilotId); // nobody gives what they may not see
  const token = `pla_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const now = scope.clock.now();
  const accessId = newId("access", now);
  const expiresAt = new Date(now + days * DAY);
  await transaction(scope, async (tx) => {
    if (pilotId !== null && !(await findPilotState(tx.db, pilotId))) throw notFound("pilot");
    await insertAccess(tx.db, {
      ...{ id: accessId, tokenHash: hashOf(token), label, pilotId, withBlobs },
      ...{ givenBy: actorId(scope.actor), createdAt: new Date(now), expiresAt, withdrawnAt: null },
    });
    tx.record({
      kind: "log.access_given",
      about: subjectsOf(accessId, pilotId),
      detail: {
        label_sha256: hashOf(label),
        pilot: pilotId,
        with_blobs: withBlobs,
        expires_at: expiresAt.getTime(),
      },
    });
  });
  return { accessId, token, expiresAt };
}

/** The token opens nothing from now on, and what it is streaming ends. */
export async function withdrawAccess(scope: Scope, accessId: string): Promise<void> {
  await transaction(scope, async (tx) => {
    const access = await findAccessRow(tx.db, accessId);
    if (!access) throw notFound("access");
    requirePermission(scope, "log.access", access.pilotId);
    if (!(await markWithdrawn(tx.db, accessId, new Date(scope.clock.now()))))
      throw conflict("The access was withdrawn already.");
    tx.record({ kind: "log.access_withdrawn", about: subjectsOf(accessId, access.pilotId), detail: {} });
  });
}

/** What was given, newest first, of what the scope may give itself. */
export async function listAccesses(scope: Scope): Promise<AccessView[]> {
  const rows = await read(scope, (db) => selectAccesses(db, LISTED));
  const own = rows.filter(({ pilotId }) => may(scope, "log.access", pilotId));
  return own.map((row: AccessListRow) => ({ ...row, state: accessState(row, scope.clock.now()) }));
}

/** For the door: what a token opens now; null for one that is unknown, expired or withdrawn. */
export async function findAccessByToken(scope: Scope, token: string): Promise<Access | null> {
  const hash = hashOf(token);
  const row = await read(scope, (db) => findByTokenHash(db, hash));
  if (!row || !timingSafeEqual(Buffer.from(row.tokenHash), Buffer.from(hash))) return null;
  if (accessState(row, scope.clock.now()) !== "active") return null;
  const { id, pilotId, withBlobs, expiresAt } = row;
  return { id, pilotId, withBlobs, expiresAt };
}

/** Whether an access still opens anything: asked again while it is streamed to. */
export async function isAccessLive(scope: Scope, accessId: string): Promise<boolean> {
  const row = await read(scope, (db) => findAccessRow(db, accessId));
  return row !== null && accessState(row, scope.clock.now()) === "active";
}
