// From the lines of a bundle to what a reader wants to know. Pure; only what the bundle says is told.
import { z } from "zod";
import { readableEntry } from "../log/rules.ts";
import type { ToldApproval, ToldBlob, ToldBundle, ToldDecision, ToldDocument, ToldEntry } from "./schema.ts";

const Line = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("header"),
    origin: z.string(),
    size: z.number(),
    checkpoint: z.string(),
  }),
  z.looseObject({ type: z.literal("entry"), index: z.number(), body: z.string() }),
  z.looseObject({ type: z.literal("node") }),
  z.looseObject({ type: z.literal("event") }),
  z.looseObject({ type: z.literal("document"), name: z.string(), sha256: z.string(), text: z.string() }),
  z.looseObject({
    type: z.literal("blob"),
    name: z.string(),
    commitment: z.string(),
    part: z.number().optional(),
    redacted: z.literal(true).optional(),
  }),
  z.looseObject({ type: z.literal("broken"), why: z.string() }),
  z.looseObject({ type: z.literal("end") }),
]);

/** Takes a bundle's lines one by one and holds all but events and the bytes of blobs. */
export function createTeller(): { add(line: string): void; told(): ToldBundle } {
  let head = { origin: "", size: 0, note: "" };
  const entries: ToldEntry[] = [];
  const documents = new Map<string, ToldDocument>();
  const blobs: ToldBlob[] = [];
  let [events, lines, index] = [0, 0, 0];
  let broken: string | null = null;
  return {
    add(text) {
      lines += 1;
      if (text.includes('"type":"event"') && text.startsWith('{"at":')) {
        events += 1;
        return;
      }
      const line = Line.parse(JSON.parse(text));
      switch (line.type) {
        case "header":
          head = { origin: line.origin, size: line.size, note: line.checkpoint };
          return;
        case "entry": {
          const entry = readableEntry(Buffer.from(line.body, "utf8"));
          index = line.index;
          if (!entry) broken = `Entry ${index} is not what any version writes`;
          else {
            const { kind, about, actor, detail } = entry;
            entries.push({ index, kind, about, actor, detail });
          }
          return;
        }
        case "document": {
          const { name, sha256, text: held } = line;
          if (!documents.has(sha256)) documents.set(sha256, { index, name, sha256, text: held });
          return;
        }
        case "blob": {
          const { name, commitment, redacted = false } = line;
          if ((line.part ?? 0) === 0) blobs.push({ index, name, commitment, isRedacted: redacted });
          return;
        }
        case "broken":
          broken = line.why;
          return;
        case "event":
          events += 1;
          return;
        case "node":
        case "end":
          return;
      }
    },
    told: () => ({ ...head, entries, documents: [...documents.values()], blobs, events, lines, broken }),
  };
}

/** What a decision document says of its rule; others of the product's own shape are passed over. */
const Ruled = z.looseObject({
  decides: z.string(),
  gate: z.string(),
  needed: z.number().optional(),
  roles: z.array(z.string()).optional(),
});

/** The decisions a bundle tells of, in the order their gates were opened. */
export function decisionsIn(bundle: ToldBundle): ToldDecision[] {
  const launcher = bundle.entries.find(({ kind }) => kind === "run.launched")?.actor;
  const launchedBy = launcher && "personId" in launcher ? launcher.personId : null;
  return bundle.documents.flatMap((document) => {
    if (document.name !== "decision") return [];
    const ruled = Ruled.safeParse(JSON.parse(document.text));
    if (!ruled.success) return [];
    const { gate: gateId, decides, needed = 1, roles = [] } = ruled.data;
    const approvals = approvalsAt(bundle, gateId);
    const outcome = outcomeOf(bundle, gateId);
    const why = [
      ruleSentence(decides, needed, roles),
      ...approvals.map((approval) => whySentence(approval, roles, launchedBy)),
    ];
    return [{ gateId, decides, document, approvals, outcome, why }];
  });
}

const isAbout = ({ about }: ToldEntry, gateId: string) => about.includes(`gate:${gateId}`);

function approvalsAt({ entries, documents }: ToldBundle, gateId: string): ToldApproval[] {
  const reasons = new Map(
    documents.flatMap(({ name, sha256, text }) => (name === "reason" ? [[sha256, text]] : [])),
  );
  return entries.flatMap((entry) => {
    if (entry.kind !== "gate.approval_given" || !isAbout(entry, gateId)) return [];
    const { person, role, decision, reason_sha256: digest } = entry.detail;
    const held = entry.actor.kind === "user" ? entry.actor.roles : [];
    const reason = typeof digest === "string" ? (reasons.get(digest) ?? null) : null;
    const taken = entries.find(
      (one) => one.kind === "gate.approval_withdrawn" && one.detail.approval === entry.detail.approval,
    );
    return [
      {
        ...{ index: entry.index, withdrawnAt: taken?.index ?? null },
        ...{ personId: String(person), role: String(role), decision: String(decision) },
        ...{ held, reason },
      },
    ];
  });
}

const CLOSED = /^gate\.(approved|denied|expired|voided)$/;

const outcomeOf = ({ entries }: ToldBundle, gateId: string): string =>
  entries.flatMap((entry) => (isAbout(entry, gateId) ? (CLOSED.exec(entry.kind)?.[1] ?? []) : [])).at(-1) ??
  "open";

const words = (text: string): string => text.replaceAll("_", " ");

function ruleSentence(decides: string, needed: number, roles: readonly string[]): string {
  const who = roles.length === 0 ? "whom the gate names" : roles.map(words).join(" or ");
  const [count, verb] =
    needed === 1 ? ["One approval", "lets"] : [`${needed} approvals by different people`, "let"];
  return `${count} by ${who}, never by who launched or asked for it, ${verb} the ${words(decides)} go ahead.`;
}

function whySentence(
  { personId, role, decision, held, index, withdrawnAt }: ToldApproval,
  roles: readonly string[],
  launchedBy: string | null,
): string {
  const did = decision === "approve" ? "approved" : "denied";
  const allowed = roles.length === 0 || roles.includes(role);
  const standing = held.length === 0 ? "" : `, holding ${held.map(words).join(", ")} at the time`;
  const self =
    launchedBy === personId ? " They launched the run themselves." : " They did not launch the run.";
  const fits = allowed ? "which the rule names" : "which the rule does not name";
  const taken = withdrawnAt === null ? "" : ` It was withdrawn (entry ${withdrawnAt}) and counted no more.`;
  return `${personId} ${did} as ${words(role)}, ${fits}${standing} (entry ${index}).${self}${taken}`;
}

/** What was merged, as the entries say; null where nothing was. */
export function mergeIn({ entries }: ToldBundle): {
  readonly index: number;
  readonly ref: string;
  readonly old: string;
  readonly commit: string;
} | null {
  const merged = entries.find(({ kind }) => kind === "run.merged");
  if (!merged) return null;
  const { ref, old, commit } = merged.detail;
  return { index: merged.index, ref: String(ref), old: String(old), commit: String(commit) };
}
