// A delivery as it is sent: looked up again at that moment. Facts in our own words, names that people wrote cleaned and
// bounded, and where it is looked at; never a prompt, an output or a secret.
import type { Db } from "../db.ts";
import { ruleOf } from "../findings/catalog.ts";
import { FindingSource, Severity } from "../findings/schema.ts";
import { findWaitingGate } from "../gates/waiting.ts";
import { concerns } from "./addressees.ts";
import { findChannel } from "./channel-store.ts";
import { type NoticeRow, noticesOf } from "./delivery-store.ts";
import { DIGEST_WORDS } from "./digests/words.ts";
import { selectPeopleOf, selectSubscribers } from "./follow-store.ts";
import { TO_OWNERS } from "./owners/owners.ts";
import { toTell } from "./people/tell-people.ts";
import { PEOPLE_WORDS } from "./people/words.ts";
import {
  type ClaimedDelivery,
  type Message,
  type MessageItem,
  NoticeFacts,
  type NoticeKind,
} from "./schema.ts";
import { cleaned } from "./telling/cleaned.ts";
import type { Item, Known } from "./telling/known.ts";

/** A message shows so many things and counts the rest. */
const MOST_SHOWN = 20;

/** Null where nothing is left of it that this recipient should be told. */
export async function composeMessage(
  db: Db,
  delivery: ClaimedDelivery,
  baseUrl: string,
  now: number,
): Promise<Message | null> {
  const { id, purpose, madeAt } = delivery;
  const about = { id, madeAt, url: `${baseUrl}/inbox` };
  if (purpose === "test") {
    const title = "A test of this channel from Pilothouse";
    return { ...about, isTest: true, grave: false, title, items: [], more: 0 };
  }
  if (delivery.resolves !== null) {
    const title = "What this was about is over";
    return { ...about, resolves: delivery.resolves, isTest: false, grave: false, title, items: [], more: 0 };
  }
  const items: MessageItem[] = [];
  const rows: NoticeRow[] = [];
  for (const row of await noticesOf(db, id)) {
    const item = await itemOf(db, delivery, row, baseUrl, now);
    if (!item) continue;
    items.push(item);
    rows.push(row);
  }
  const [first] = items;
  if (!first) return null;
  const title = items.length === 1 ? first.title : `${items.length} things from Pilothouse`;
  const shown = items.slice(0, MOST_SHOWN);
  const grave = rows.some((row) => row.grave);
  return { ...about, isTest: false, grave, title, items: shown, more: items.length - shown.length };
}

async function itemOf(
  db: Db,
  delivery: ClaimedDelivery,
  row: NoticeRow,
  baseUrl: string,
  now: number,
): Promise<MessageItem | null> {
  const facts = NoticeFacts.parse(row.facts);
  const event = { kind: row.kind, pilotId: row.pilotId, facts };
  if (!(await isForAnybody(db, delivery, event, now))) return null;
  const gate = facts.gateId === undefined ? null : await findWaitingGate(db, facts.gateId);
  const pilot = row.pilotId === null ? null : await nameOf(db, "pilot", row.pilotId);
  const run = facts.runId === undefined ? null : await nameOf(db, "run", facts.runId);
  const item = await WORDS[row.kind](db, { row, facts, pilot, run, gate });
  if (!item) return null;
  const lines = [...(pilot === null ? [] : [`Pilot: ${pilot}`]), ...item.lines];
  return { ...item, lines, url: `${baseUrl}${item.url}`, kind: row.kind, at: row.at, pilotId: row.pilotId };
}

/** A person must be concerned themselves; of a shared channel one of those who asked for it there. */
async function isForAnybody(
  db: Db,
  { channelId, recipient }: ClaimedDelivery,
  event: { readonly kind: NoticeKind; readonly pilotId: string | null; readonly facts: NoticeFacts },
  now: number,
): Promise<boolean> {
  if (recipient !== "") return concerns(db, recipient, event, { now, shared: false });
  const toAll =
    event.facts.escalated ||
    event.kind === "emergency_sign_in" ||
    event.kind === "glass_broken" ||
    TO_OWNERS.includes(event.kind) ||
    (await toTell(db, event)) !== null;
  const isWider = toAll || event.kind === "deliveries_failing";
  const readers = isWider
    ? await selectPeopleOf(db, channelId, toAll ? (event.pilotId ?? "") : null)
    : (await selectSubscribers(db, event.kind, event.pilotId)).flatMap((reader) =>
        reader.channelId === channelId ? [reader.personId] : [],
      );
  for (const personId of readers) if (await concerns(db, personId, event, { now, shared: true })) return true;
  return false;
}

async function nameOf(db: Db, noun: "pilot" | "run", id: string): Promise<string> {
  const text =
    noun === "pilot"
      ? (await db.pilot.findUnique({ where: { id }, select: { name: true } }))?.name
      : (await db.run.findUnique({ where: { id }, select: { title: true } }))?.title;
  return cleaned(text ?? id);
}

const GATES: Readonly<Record<string, string>> = {
  activate: "A pilot is to be activated",
  weekly_review: "A week of a pilot is decided on",
  break_glass: "A merge by broken glass is to be reviewed",
  release: "A release is to be deployed",
  command: "An agent asks",
  merge: "A patch is to be merged",
  network: "A patch wants something installed",
  resume: "Something is to go on",
};

const HOW: Readonly<Record<string, string>> = {
  merged: "A run was merged",
  rejected: "A run's patch was rejected",
  cancelled: "A run was cancelled",
  unchanged: "A run ended without a change",
  failed: "A run failed",
  refused: "A run's patch was refused",
};

const runLines = ({ run }: Known): string[] => (run === null ? [] : [`Run: ${run}`]);

function runItem(known: Known): Item {
  const { facts } = known;
  const runId = facts.runId ?? "";
  const title = HOW[facts.how ?? ""] ?? "A run ended";
  return { title, lines: runLines(known), url: `/runs/${runId}`, expiresAt: null, ids: { run: runId } };
}

const WORDS: Readonly<Record<NoticeKind, (db: Db, known: Known) => Promise<Item | null>>> = {
  ...PEOPLE_WORDS,
  ...DIGEST_WORDS,
  async gate_waiting(_db, known) {
    const { gate, facts } = known;
    if (!gate) return null;
    const title = `${GATES[gate.kind] ?? "A decision waits"}: a decision waits for you`;
    const escalated =
      "It has waited for half of its time. You are told because you may decide it, and nobody has so far.";
    return {
      title: facts.escalated ? `Still waiting: ${title}` : title,
      lines: [...runLines(known), ...(facts.escalated ? [escalated] : [])],
      url: `/inbox?show=team&gate=${gate.id}&from=notice`,
      expiresAt: gate.expiresAt,
      ids: { gate: gate.id, ...(gate.runId === null ? {} : { run: gate.runId }) },
    };
  },
  run_finished: async (_db, known) => runItem(known),
  run_failed: async (_db, known) => runItem(known),
  async pilot_paused(_db, { row, facts }) {
    const by = facts.how === "tripwire" ? "A tripwire of its charter paused a pilot" : "A pilot was paused";
    const pilot = row.pilotId ?? "";
    return { title: by, lines: [], url: `/pilots/${pilot}`, expiresAt: null, ids: { pilot } };
  },
  async pilot_tripped(_db, { row, facts }) {
    const pilot = row.pilotId ?? "";
    const line = facts.escalated
      ? "A number went beyond a bound of its charter, which asks for you at once. The pilot is paused."
      : `${facts.how === "number" ? "A number went beyond a bound of its charter" : "As many runs in a row failed as its charter tolerates"}. It warns, and lets the pilot go on.`;
    return {
      title: facts.escalated ? "A pilot's tripwire asks for you" : "A tripwire of a pilot was touched",
      lines: [line],
      url: `/pilots/${pilot}`,
      expiresAt: null,
      ids: { pilot },
    };
  },
  async review_due(_db, { row, facts }) {
    const pilot = row.pilotId ?? "";
    if (facts.overdueWeek !== undefined)
      return {
        title: `Nobody decided on week ${facts.overdueWeek} of a pilot`,
        lines: ["The next one is packed, and waits for both owners."],
        ...{ url: `/pilots/${pilot}/weekly`, expiresAt: null, ids: { pilot } },
      };
    const lines = ["Its charter asks for a look at them, and for a decision on how it goes on."];
    const title = "The numbers of a pilot are to be looked at";
    return { title, lines, url: `/kpis?pilot=${pilot}`, expiresAt: null, ids: { pilot } };
  },
  async stop_pulled(_db, { row, facts }) {
    const title = row.pilotId === null ? "Emergency stop of everything" : "Emergency stop of a pilot";
    return { title, lines: [], url: "/stops", expiresAt: null, ids: { stop: facts.stopId ?? "" } };
  },
  async grave_finding(db, known) {
    const id = known.facts.findingId ?? "";
    const found = await db.finding.findUnique({
      where: { id },
      select: { rule: true, severity: true, source: true },
    });
    if (!found) return null;
    const severity = Severity.parse(found.severity);
    const { title } = ruleOf(found.rule, { severity, source: FindingSource.parse(found.source) });
    const ids = { finding: id, ...(known.facts.runId ? { run: known.facts.runId } : {}) };
    return {
      ...{ title: `Finding of ${severity} severity: ${await cleaned(title)}` },
      ...{ lines: runLines(known), url: `/findings/${id}`, expiresAt: null, ids },
    };
  },
  async budget_nearly_spent(_db, known) {
    const { facts, row } = known;
    const of = facts.budget === "run" ? "a run" : facts.budget === "day" ? "a pilot's day" : "a pilot";
    const url = facts.runId ? `/runs/${facts.runId}` : `/pilots/${row.pilotId ?? ""}`;
    const lines = [...runLines(known), `${facts.percent ?? 0} per cent were used when this was written.`];
    return { title: `The budget of ${of} is nearly spent`, lines, url, expiresAt: null, ids: {} };
  },
  async deliveries_failing(db, { facts }) {
    const channel = await findChannel(db, facts.channelId ?? "");
    if (!channel || channel.removedAt !== null) return null;
    const lines = [`Channel: ${await cleaned(channel.name)}`, "What waits for it is kept and tried again."];
    return {
      title: "Notices do not get through a channel",
      lines,
      url: "/notices",
      expiresAt: null,
      ids: {},
    };
  },
  async glass_broken(_db, known) {
    const { gate, facts } = known;
    if (facts.escalated && !gate) return null; // somebody has reviewed it meanwhile
    const gateId = facts.gateId ?? "";
    const again = "Nobody has reviewed it so far. It stays open until another lead does.";
    const first =
      "It was merged at once, without the approvals its charter asks for. Another lead has to review it.";
    return {
      title: facts.escalated
        ? "Still to be reviewed: a merge by broken glass"
        : "Somebody merged by breaking the glass",
      lines: [...runLines(known), facts.escalated ? again : first, "You are told because you lead."],
      url: `/inbox?show=team&gate=${gateId}&from=notice`,
      expiresAt: null,
      ids: { gate: gateId, ...(facts.runId === undefined ? {} : { run: facts.runId }) },
    };
  },
  async emergency_sign_in(db, { facts }) {
    const person = await db.person.findUnique({
      where: { id: facts.personId ?? "" },
      select: { name: true },
    });
    const lines = [`Who: ${await cleaned(person?.name ?? "somebody")}`, "You are told because you lead."];
    const title = "Somebody signed in past the identity provider";
    return { title, lines, url: "/log?kind=person.emergency_signed_in", expiresAt: null, ids: {} };
  },
};
