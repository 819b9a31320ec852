import { z } from "zod";
import { commit, count, digest, id, instant, role } from "./words.ts";

/** As `lib/authz/rules.ts` names them. */
const permission = z.string().regex(/^[a-z_]{1,40}\.[a-z_]{1,40}$/);
/** As a pipeline calls what it deploys to: letters, digits and what such names hold; never a sentence. */
const environment = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/);
const released = { commit, artifact: digest, environment, gate: id } as const;

export const TOKEN_KINDS = {
  "person.service_made": z.strictObject({ account: id, owner: id }),
  "token.made": z.strictObject({
    person: id,
    permissions: z.array(permission).max(64),
    /** Null: every pilot its owner may see. */
    pilots: z.array(id).max(64).nullable(),
    expires_at: instant,
    label_sha256: digest,
  }),
  "token.revoked": z.strictObject({
    cause: z.enum(["owner", "manager", "deactivated", "owner_changed", "pilot_closed"]),
  }),
  "release.asked": z.strictObject({ repository: id, ...released }),
  /** `digest` is that of the decision document. */
  "release.approved": z.strictObject({ repository: id, ...released, digest }),
  "break_glass.used": z.strictObject({
    gate: id,
    person: id,
    role: z.string().regex(/^[0-9a-z_]{1,60}$/),
    /** Of the decision document, which the person who broke the glass stands for alone. */
    decision: digest,
    patch: digest,
    /** What the evidence said: `missing` where there is none. */
    evidence: z.enum(["verified", "regressed", "not_repaired", "untrustworthy", "incomplete", "missing"]),
    reason_sha256: digest,
    /** What it was signed with, and the digest of statement and signature. */
    passkey: id.optional(),
    assertion: digest.optional(),
  }),
  "break_glass.reviewed": z.strictObject({
    gate: id,
    run: id,
    person: id,
    justified: z.boolean(),
    decision: digest,
  }),
} as const;

export const RELEASE_KINDS = {
  /** Whoever asked for the release named an address that its decision is told to. */
  "release.callback_asked": z.strictObject({ callback: id, url_sha256: digest }),
  /** `state` is what was told, `outcome` what came of telling it. */
  "release.called_back": z.strictObject({
    callback: id,
    state: z.enum(["approved", "rejected"]),
    outcome: z.enum(["delivered", "refused", "given_up"]),
  }),
  "channel.credential_set": z.strictObject({
    credential: id,
    kind: z.enum(["github_app", "token"]),
    host_sha256: digest,
    sealed_to: id,
  }),
  "channel.credential_removed": z.strictObject({ credential: id }),
  /** Somebody else answers for what programs do as the account. */
  "person.service_owner_changed": z.strictObject({ account: id, from: id, owner: id }),
} as const;

/** Who may do what: roles made here, groups, what is taken away again, deputies and who is on duty. */
const permissions = z.array(z.string().regex(/^[a-z]{1,40}\.[a-z]{1,40}$/)).max(100);
const source = z.enum(["hand", "sso"]);
const place = { role, pilotId: id.nullable() } as const;

export const ACCESS_KINDS = {
  "role.created": z.strictObject({ permissions }),
  "role.changed": z.strictObject({ permissions }),
  "role.retired": z.strictObject({}),
  /** `fromSso`: whether single sign-on fills it. */
  "group.created": z.strictObject({ fromSso: z.boolean().optional() }),
  "group.removed": z.strictObject({}),
  "group.member_added": z.strictObject({ person: id, source }),
  "group.member_removed": z.strictObject({ person: id, source }),
  "group.role_granted": z.strictObject({ grant: id, ...place, endsAt: instant.optional() }),
  "group.role_revoked": z.strictObject({ grant: id, ...place }),
  "person.role_revoked": z.strictObject({ grant: id, ...place }),
  /** `approvals`: of gates that were still open; they count no more. */
  "person.deactivated": z.strictObject({
    sessions: count,
    tokens: count,
    passkeys: count,
    approvals: z.array(id).max(500),
  }),
  "person.reactivated": z.strictObject({}),
  /** `deputy`: null for whoever is on duty on the pilot. */
  "deputy.named": z.strictObject({
    deputy: id.nullable(),
    stands: id,
    pilotId: id.nullable(),
    from: instant,
    until: instant,
  }),
  "deputy.ended": z.strictObject({ stands: id }),
  "duty.set": z.strictObject({ duty: id, person: id, from: instant, until: instant }),
  "duty.removed": z.strictObject({ duty: id, person: id }),
  "group.sso_set": z.strictObject({ fromSso: z.boolean() }),
  /** Their provider would have taken them out. */
  "group.member_kept": z.strictObject({ person: id }),
  "person.identity_refused": z.strictObject({ identity: id }),
  /** From deciding at it: they ask for what it decides. */
  "gate.barred": z.strictObject({ people: z.array(id).min(1).max(10) }),
} as const;
