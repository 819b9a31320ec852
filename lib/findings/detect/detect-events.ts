// What events of a run show: commands, their output, what the agent says, and what was refused to it.

import type { NewEvent } from "../../protocol/events.ts";
import { TAKEN_AWAY } from "../../redactions/rules.ts";
import { visibleText } from "../../text/rules.ts";
import { EGRESS_RULES, OUTPUT_FLOOD, ruleOf, SECRET_IN } from "../catalog.ts";
import { COMMAND_RULES } from "../conduct/command-rules.ts";
import { TEXT_RULES } from "../conduct/text-rules.ts";
import type { FindingRule, Sighting } from "../schema.ts";
import { detectTexts, type Piece, type WatchedText } from "./detect-texts.ts";

export type WatchedEvent = NewEvent & {
  readonly seq: number;
  readonly attempt: number;
  readonly at: number;
  /** False for what was looked through before: it is there because a text goes on. */
  readonly isNew: boolean;
};

const placeOf = ({ seq, attempt, at }: WatchedEvent): Piece["place"] => ({ seq, attempt, at });
const pieceOf = (event: WatchedEvent, text: string): Piece => ({
  text,
  isNew: event.isNew,
  place: placeOf(event),
});

/** What a command is, or would have been: one that was asked for and declined was wanted as well. */
function commandIn(event: WatchedEvent): string | null {
  if (event.kind === "command_started") return event.body.argv.join(" ");
  return event.kind === "ask_opened" && event.body.what !== "change" ? event.body.text : null;
}

/** The text an event goes on with, and the text it is part of. */
function partIn({
  kind,
  attempt,
  body,
}: WatchedEvent): { readonly of: string; readonly text: string } | null {
  switch (kind) {
    case "command_output":
      return { of: `output ${attempt} ${body.command} ${body.stream}`, text: body.text };
    case "item_delta":
      return { of: `message ${attempt} ${body.item}`, text: body.text };
    case "turn_ended":
      return body.error === undefined ? null : { of: `end ${attempt} ${body.turn}`, text: body.error };
    default:
      return null;
  }
}

/** What is looked through at a stretch, UTF-16 units, and how much of what was before goes with it. */
const STRETCH = 65_536;
const CONTEXT = 4096;

/** A long text in stretches, each with the end of the one before as context. */
export function stretchesOf(pieces: readonly Piece[]): Piece[][] {
  const stretches: Piece[][] = [];
  let stretch: Piece[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (length > 0 && length + piece.text.length > STRETCH) {
      stretches.push(stretch);
      const before = stretch
        .map(({ text }) => text)
        .join("")
        .slice(-CONTEXT);
      stretch = [{ text: before, isNew: false, place: piece.place }];
      length = before.length;
    }
    stretch.push(piece);
    length += piece.text.length;
  }
  return [...stretches, stretch].filter((each) => each.some(({ isNew }) => isNew));
}

function watchedTexts(events: readonly WatchedEvent[]): WatchedText[] {
  const commands = events.flatMap((event): WatchedText[] => {
    const text = event.isNew ? commandIn(event) : null;
    if (text === null || text === "") return [];
    const pieces = [pieceOf(event, text)];
    return [
      { subject: "command", rules: COMMAND_RULES, secrets: SECRET_IN.command, pieces, isCommand: true },
    ];
  });
  const parts = new Map<string, Piece[]>();
  for (const event of events) {
    const part = partIn(event);
    if (part && part.text !== TAKEN_AWAY)
      parts.set(part.of, [...(parts.get(part.of) ?? []), pieceOf(event, part.text)]);
  }
  const texts = [...parts].flatMap(([of, pieces]): WatchedText[] => {
    const isOutput = of.startsWith("output");
    const secrets = isOutput ? SECRET_IN.output : SECRET_IN.message;
    const subject = isOutput ? "output" : "message";
    return stretchesOf(pieces).map((stretch) => ({ subject, rules: TEXT_RULES, secrets, pieces: stretch }));
  });
  return [...commands, ...texts];
}

const METADATA = /169\.254\.169\.254|169\.254\.170\.2|100\.100\.100\.200|metadata\.google|fd00:ec2::254/i;

/** By the address that stands in the request line; a path alone names no other host. */
function ruleOfRefused(method: string, target: string): FindingRule {
  if (METADATA.test(target)) return EGRESS_RULES.metadata;
  return method === "CONNECT" || !target.startsWith("/") ? EGRESS_RULES.host : EGRESS_RULES.path;
}

const short = (text: string) => visibleText(text, "line").slice(0, 300).toWellFormed();

/** Dropped bytes of a command from which on it is a flood: ordinary tests print less. */
const FLOOD = 8 * 1024 * 1024;

const LIMIT_REACHED = ruleOf("limit_reached", { source: "conduct", severity: "low" });
/** How a shell tells SIGKILL: in a sandbox of limited memory that is the kernel's word for too much. */
const KILLED = 128 + 9;

const wasKilled = ({ ended, exit }: Extract<NewEvent, { kind: "command_finished" }>["body"]): boolean =>
  ended === "memory" || (ended === "itself" && exit === KILLED);

function refusedIn(event: WatchedEvent): Sighting[] {
  if (!event.isNew) return [];
  if (event.kind === "command_finished" && event.body.dropped >= FLOOD) {
    const { command, dropped } = event.body;
    const text = `Command ${command} printed ${dropped.toLocaleString("en")} bytes that were not kept.`;
    return [refusal(event, OUTPUT_FLOOD, "", text, 1)];
  }
  if (event.kind === "command_finished" && wasKilled(event.body)) {
    const text = `Command ${event.body.command} was killed, as it happens to what takes all memory.`;
    return [refusal(event, LIMIT_REACHED, "", text, 1)];
  }
  if (event.kind === "relay_refused") {
    const { method, target, reason, times } = event.body;
    const text = `${short(method)} ${short(target)}: ${short(reason)}`;
    const rule = ruleOfRefused(method, target);
    return [refusal(event, rule, rule === EGRESS_RULES.path ? "" : target.slice(0, 300), text, times)];
  }
  if (event.kind === "egress" && event.body.verdict === "denied") {
    const { host, port, rule, times } = event.body;
    return [
      refusal(event, EGRESS_RULES.setup, host, `${short(host)}:${port}: ${short(rule)}`, Math.max(1, times)),
    ];
  }
  return [];
}

const refusal = (
  event: WatchedEvent,
  rule: FindingRule,
  subject: string,
  text: string,
  times: number,
): Sighting => ({
  ...{ rule, subject, times, ...placeOf(event) },
  evidence: { text, path: null, line: null },
});

/** Everything that strikes in events of one run, in the order of their numbers. */
export async function detectEvents(events: readonly WatchedEvent[]): Promise<Sighting[]> {
  return [...events.flatMap(refusedIn), ...(await detectTexts(watchedTexts(events)))];
}
