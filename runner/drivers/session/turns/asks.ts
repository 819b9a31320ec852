// What an agent asks before it does something: the charter's policy first, then people, then what the charter says about nobody
// being there. Everything that is settled is told as it was settled.

import { judgeAsk } from "#lib/asks/rules.ts";
import { type Clock, MINUTE } from "#lib/clock.ts";
import { conflict } from "#lib/errors.ts";
import { MAX_EVENT_TEXT } from "#lib/protocol/agent-events.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { type AskPolicy, askDigest, type Decided, type InboxItem } from "#lib/protocol/steering.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { AskAnswer, Question } from "../port.ts";
import type { Parking } from "./desk.ts";

export interface AsksOptions {
  readonly policy: AskPolicy;
  /** How the project's tests are run. */
  readonly testArgv: readonly string[];
  readonly decided: readonly Decided[];
  readonly clock: Clock;
  /** The number of an open item in the run's events. */
  itemOf(native: string): number | undefined;
  /** Nobody answered in time, and the charter wants the run to be left until somebody does. */
  park(parking: Parking): void;
  emit(event: NewEvent): Promise<void>;
}

export interface Asks {
  ask(question: Question): Promise<AskAnswer>;
  answer(answer: Extract<InboxItem, { kind: "answer" }>): void;
  /** The turn ends: who waits for an answer gets none. A run that is put away keeps its asks open. */
  abandon(parking: Parking | null): void;
  /** The program has ended: its asks are expired. */
  crashed(): Promise<void>;
}

type Settled = Extract<NewEvent, { kind: "ask_settled" }>["body"];

const TITLE = 300;
const CWD = 1000;
const REASON = 2000;
const RULE = 600;

const cut = (text: string, max: number) => text.replaceAll("\0", "\u2400").slice(0, max).toWellFormed();

export function createAsks(options: AsksOptions): Asks {
  const { policy, clock, emit } = options;
  const decided = [...options.decided];
  const waiting = new Map<number, PromiseWithResolvers<AskAnswer>>();
  /** Asks that ended with their turn, whose end is still to be told. */
  let left: number[] = [];
  let last = 0;

  const settle = (body: Settled) =>
    emit({
      kind: "ask_settled",
      body: { ...body, ...(body.rule === undefined ? {} : { rule: cut(body.rule, RULE) }) },
    });

  /** A decision that was taken while nobody held the run answers one ask. */
  function takeDecided(digest: string): Decided | undefined {
    const at = decided.findIndex((each) => each.digest === digest);
    return at < 0 ? undefined : decided.splice(at, 1)[0];
  }

  async function byPolicy(rule: string, decision: "allowed" | "declined"): Promise<AskAnswer> {
    last += 1;
    await settle({ ask: last, decision, by: "policy", rule });
    return { decision, reason: decision === "declined" ? `The charter declines it: ${rule}` : "" };
  }

  /** Throws where the charter wants the run to be left instead. */
  async function unattended(ask: number): Promise<AskAnswer> {
    const reason = `Nobody answered within ${policy.minutes} minutes.`;
    if (policy.unattended === "park") {
      options.park({ why: "ask", reason });
      throw conflict(reason);
    }
    await settle({ ask, decision: "declined", by: "unattended" });
    return { decision: "declined", reason: `${reason} Go on without it.` };
  }

  async function open(
    { what, item: native, title, text, cwd, reason }: Question,
    digest: string,
  ): Promise<number> {
    last += 1;
    const ask = last;
    const item = options.itemOf(native);
    const body = {
      ask,
      ...(item === undefined ? {} : { item }),
      ...{ what, text, digest, cwd: cut(cwd, CWD), reason: cut(reason, REASON) },
      title: visibleText(cut(title, TITLE), "line").slice(0, TITLE).toWellFormed(),
    };
    await emit({ kind: "ask_opened", body });
    return ask;
  }

  async function askPeople(question: Question, digest: string): Promise<AskAnswer> {
    const answer = Promise.withResolvers<AskAnswer>();
    answer.promise.catch(() => undefined); // also where nobody waits yet
    const ask = last + 1;
    waiting.set(ask, answer);
    await open(question, digest);
    const enough = new AbortController();
    const late = clock.sleep(policy.minutes * MINUTE, enough.signal).then(() => null);
    late.catch(() => undefined); // ended by an answer
    try {
      const given = await Promise.race([answer.promise, late]);
      if (given === null) return await unattended(ask);
      await settle({ ask, decision: given.decision, by: "person" });
      return given;
    } finally {
      enough.abort();
      waiting.delete(ask);
    }
  }

  async function expire(by: "person" | "unattended" | "crash"): Promise<void> {
    const expired = left;
    left = [];
    for (const ask of expired) await settle({ ask, decision: "expired", by });
  }

  return {
    async ask(question) {
      await expire("person");
      const { what, cwd, text } = question;
      const { verdict, rule } = judgeAsk(policy, options.testArgv, { what, text, cwd });
      const isQuiet = verdict === "quiet" || (verdict === "allowed" && policy.mode === "never");
      if (isQuiet) return { decision: "allowed", reason: "" };
      if (verdict !== "ask") return byPolicy(rule, verdict === "allowed" ? "allowed" : "declined");
      if (text.length > MAX_EVENT_TEXT || text.includes("\0") || !text.isWellFormed())
        return byPolicy("what cannot be shown whole cannot be decided", "declined");
      const digest = askDigest({ what, cwd: cut(cwd, CWD), text });
      const known = takeDecided(digest);
      if (known === undefined) return askPeople(question, digest);
      const ask = await open(question, digest);
      await settle({
        ask,
        decision: known.decision,
        by: "person",
        rule: "decided while the run was put away",
      });
      return { decision: known.decision, reason: known.reason };
    },
    answer({ ask, decision, reason }) {
      waiting.get(ask)?.resolve({ decision, reason });
    },
    abandon(parking) {
      const isKept = parking !== null && parking.why !== "time";
      for (const [ask, { reject }] of waiting) {
        if (!isKept) left.push(ask);
        reject(conflict("The turn ends before there was an answer."));
      }
      waiting.clear();
      // A way of events that is closed is told elsewhere.
      if (!isKept) expire(parking === null ? "person" : "unattended").catch(() => undefined);
    },
    async crashed() {
      for (const [ask, { reject }] of waiting) {
        left.push(ask);
        reject(conflict("The program has ended."));
      }
      waiting.clear();
      await expire("crash");
    },
  };
}
