// A small log with everything that a bundle can hold: a run that was launched, observed, approved by two, and merged.
import {
  type BundleParts,
  canonical,
  createSigner,
  type Json,
  type Leaf,
  leafOf,
  sha256,
  treeHead,
} from "./build.ts";

export const ORIGIN = "pilothouse/0123456789abcdef/1";
export const log = createSigner(ORIGIN, "log");
export const witness = createSigner("witness.example/w1", "witness");
export const policyOf = (...lines: string[]): Buffer => Buffer.from(`${lines.join("\n")}\n`);
export const witnessed = policyOf(`log ${log.vkey}`, `witness w1 ${witness.vkey}`, "quorum w1");
export const unwitnessed = policyOf(`log ${log.vkey}`, "quorum none");

const RUN = "run:run_1";
const PILOT = "pilot:pil_1";
const GATE = "gate:gat_1";
const hex = (text: string | Uint8Array) => sha256(text).toString("hex");
const system = { kind: "system", name: "worker" };
export const person = (id: string, ...roles: string[]) => ({
  ...{ kind: "user", personId: id, sessionId: `ses_${id}`, roles },
});

let entries = 0;
export function entry(
  kind: string,
  about: readonly string[],
  actor: Json,
  detail: Json,
  more: object = {},
): string {
  const id = `ent_${entries++}`;
  return canonical({ v: 2, id, kind, about, actor, request: "req_1", detail, ...more } as Json);
}

/** One batch of events, as its entry and the lines that follow it. `redacted`: numbers whose body is gone. */
export function batch(texts: readonly string[], redacted: readonly number[] = []): Leaf {
  const leaves: Buffer[] = [];
  const attached = texts.map((text, index): Json => {
    const salt = sha256(`salt ${text}`);
    const body = { text };
    const seq = index + 1;
    const facts = { at: "2030-01-01T00:00:00.000Z", attempt: 1, kind: "note", observedBy: "runner", seq };
    const commitment = sha256(salt, canonical(body)).toString("hex");
    leaves.push(leafOf(canonical({ ...facts, commitment })));
    const payload: { readonly [key: string]: Json } = redacted.includes(seq)
      ? { commitment }
      : { body, salt: salt.toString("hex") };
    return { type: "event", run: "run_1", ...facts, ...payload };
  });
  const root = treeHead(leaves).toString("hex");
  const actor = { kind: "runner", runnerId: "rnr_1" };
  const detail = { attempt: 1, from: 1, to: texts.length, root };
  return { body: entry("run.events_appended", [RUN], actor, detail), attached };
}

/** Bytes in parts of `size`, and what an entry cites them by. */
export function blob(name: string, bytes: Buffer, size: number): { commitment: string; lines: Json[] } {
  const salt = sha256(`salt of ${name}`);
  const commitment = sha256(salt, bytes).toString("hex");
  const lines: Json[] = [];
  for (let at = 0, part = 0; at === 0 || at < bytes.length; at += size, part++) {
    const base64 = bytes.subarray(at, at + size).toString("base64");
    const last = at + size >= bytes.length;
    lines.push({ type: "blob", name, commitment, salt: salt.toString("hex"), part, last, base64 });
  }
  return { commitment, lines };
}

export interface MergeOptions {
  /** Who approves, as which role. */
  readonly approvers?: readonly (readonly [person: string, role: string])[];
  readonly launcher?: string;
  readonly document?: { readonly [key: string]: Json };
  /** Over another document than the one merged under. */
  readonly approvedDigest?: string;
  readonly intent?: { readonly [key: string]: Json };
  readonly merged?: { readonly [key: string]: Json };
  readonly closedBy?: string;
  /** Of the charter, beside the usual ones. */
  readonly controls?: { readonly [key: string]: Json };
  /** Of the charter's scope. */
  readonly scope?: { readonly [key: string]: Json };
  /** Of another charter, in force when the gate opened. */
  readonly inForce?: { readonly [key: string]: Json };
}

const charterOf = (
  controls: { readonly [key: string]: Json },
  scope?: { readonly [key: string]: Json },
): string =>
  canonical({
    ...(scope ? { scope } : {}),
    controls: {
      ...{ approverCount: 2, approverRoles: ["security_lead", "reviewer"], extraApproverOnFlags: true },
      ...controls,
    },
  });

export function mergeLeaves({
  approvers = [
    ["per_a", "security_lead"],
    ["per_b", "reviewer"],
  ],
  launcher = "per_l",
  document = {},
  approvedDigest,
  intent = {},
  merged = {},
  closedBy = "gate.approved",
  controls = {},
  scope,
  inForce,
}: MergeOptions = {}): Leaf[] {
  const charters = [charterOf(controls, scope), ...(inForce ? [charterOf(inForce)] : [])];
  const [charter = "", now = charter] = charters.map(hex);
  const diff = blob("diff", Buffer.from("--- a\n+++ b\n".repeat(10)), 50);
  const about = [GATE, RUN, PILOT];
  const decision = canonical({
    ...{ v: 1, decides: "merge", run: "run_1", gate: "gat_1", tree: "t".repeat(40), patch: hex("patch") },
    ...{ baseCommit: "b".repeat(40), targetRef: "refs/heads/main", charter, needed: 2, testIntegrity: [] },
    ...(inForce ? { inForce: now } : {}),
    ...{ roles: ["security_lead", "reviewer"], expires: "2030-01-02T00:00:00.000Z", ...document },
  });
  const digest = hex(decision);
  const shown: Json = { type: "document", name: "decision", sha256: digest, text: decision };
  const patch = { patch: "pat_1", digest: hex("patch"), tree: "t".repeat(40), base: "b".repeat(40) };
  const end = { merge: "mrg_1", ref: "refs/heads/main", old: "b".repeat(40) };
  return [
    ...charters.map((text, at) => ({
      body: entry("pilot.charter_written", [PILOT], system, {
        ...{ charter: `cha_${at + 1}`, version: at + 1, digest: hex(text) },
      }),
      attached: [{ type: "document", name: "charter", sha256: hex(text), text }],
    })),
    {
      body: entry("run.launched", [RUN, PILOT], person(launcher, "engineering_lead"), {
        agent: "agt_1",
        charter,
      }),
    },
    batch(["first", 'se"co\\nd', "third é \u2028 😀"]),
    {
      body: entry("run.patch_imported", [RUN], system, { ...patch, diff: diff.commitment }),
      attached: diff.lines,
    },
    { body: entry("gate.opened", about, system, { gate: "merge", digest, needed: 2 }), attached: [shown] },
    ...approvers.map(([id, role], at) => {
      const detail = {
        approval: `app_${at}`,
        person: id,
        role,
        decision: "approve",
        digest: approvedDigest ?? digest,
      };
      return { body: entry("gate.approval_given", about, person(id, `${role}@pil_1`), detail) };
    }),
    { body: entry(closedBy, about, system, { digest }) },
    {
      body: entry("run.merge_intended", [RUN, GATE], person("per_b"), {
        ...{ ...end, tree: "t".repeat(40), patch: hex("patch"), decision: digest, ...intent },
      }),
    },
    { body: entry("run.merge_commit_built", [RUN], system, { merge: "mrg_1", commit: "c".repeat(40) }) },
    { body: entry("run.merged", [RUN, PILOT], system, { ...end, commit: "c".repeat(40), ...merged }) },
  ];
}

export const scene = (parts: Partial<BundleParts> = {}): BundleParts => ({
  ...{ origin: ORIGIN, leaves: mergeLeaves(), signers: [log, witness], ...parts },
});
