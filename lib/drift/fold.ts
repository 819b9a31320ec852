// Counts the facts from a run's events, one after the other. What happens in verification is not the agent's; what the agent
// says counts only where a command or the harness says the opposite.
//
// Each word of a person and each re-anchoring is a new beginning: what was counted of circling, idling and refusals before it
// counts half. Nothing here is kept anywhere: the state holds texts, so it lives in memory and is made again from the events.
import { addRan, contradictedBy, type Deeds, emptyDeeds, isTestRun } from "../claims/rules.ts";
import { patchPathsIn } from "../log-index/rules.ts";
import type { RunEvent } from "../protocol/events.ts";
import { TAKEN_AWAY } from "../redactions/rules.ts";
import { createCounts } from "./counts.ts";
import { scoreOf } from "./rules.ts";
import type { DriftFact, DriftPoint } from "./schema.ts";

/** What the charter says, as far as it is measured against. */
export interface DriftTerms {
  isAllowed(path: string): boolean;
  isHarness(path: string): boolean;
  readonly testArgv: readonly string[];
  /** Of the run, millionths of a dollar; 0 for none. */
  readonly budgetMicros: number;
}

export interface Drift {
  /** Takes the next event in; gives a point where the score or what it is made of has changed. */
  take(event: RunEvent): DriftPoint | null;
  /** Number of the last event taken in. */
  readonly seq: () => number;
}

const HALVED: readonly DriftFact[] = [
  ...(["returns", "repeats", "failures", "rewrites"] as const),
  ...(["idleTokens", "stalled", "refused", "contradictions"] as const),
];
const OFTEN_ON_ONE_TREE = 2;
const OFTEN_FAILED = 2;
const OFTEN_EDITED = 4;
const MOST_TEXT = 40_000;

interface Item {
  readonly type: string;
  readonly command: number | null;
  text: string;
}

/** What is known of one attempt. */
const attempt = () => ({
  isAgents: true,
  hasPrompt: false,
  tree: null as string | null,
  deeds: emptyDeeds() as Deeds,
  items: new Map<number, Item>(),
  types: new Map<number, string>(),
  /** Items that were runs of the tests. */
  testRuns: new Set<number>(),
  argvs: new Map<number, string>(),
  exits: new Map<number, number | null>(),
  /** Commands on the tree as it is. */
  onTree: new Map<string, number>(),
});

const increased = (counts: Map<string, number>, key: string): number => {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
};

export function createDrift(terms: DriftTerms): Drift {
  const counts = createCounts();
  const [outside, harness, trees] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const [edits, falls] = [new Map<string, number>(), new Map<string, number>()];
  /** Those that do not hold. */
  const assumptions = new Set<string>();
  let base: ReadonlySet<string> | null = null;
  let best: number | null = null;
  let stalledMicros = 0;
  let now = attempt();
  let [last, scored, told] = [0, 0, ""];

  function anew(): void {
    counts.halve(HALVED);
    stalledMicros = Math.floor(stalledMicros / 2);
    edits.clear();
    falls.clear();
  }

  function touched(path: string, seq: number): void {
    if (path === TAKEN_AWAY) return;
    if (!terms.isAllowed(path) && !outside.has(path)) {
      outside.add(path);
      counts.add("outside", seq);
    }
    if (terms.isHarness(path) && !harness.has(path)) {
      harness.add(path);
      counts.add("harness", seq);
    }
  }

  function edited(text: string, seq: number): void {
    for (const path of patchPathsIn(text)) {
      touched(path, seq);
      if (increased(edits, path) > OFTEN_EDITED) counts.add("rewrites", seq);
    }
  }

  function ran(text: string, exit: number | null, seq: number): void {
    if (increased(now.onTree, text) > OFTEN_ON_ONE_TREE) counts.add("repeats", seq);
    if (exit === 0) falls.delete(text);
    else if (increased(falls, text) > OFTEN_FAILED) counts.add("failures", seq);
  }

  function closed(number: number, seq: number): void {
    const item = now.items.get(number);
    if (!item) return;
    now.items.delete(number);
    now.types.set(number, item.type);
    const { command, type, text } = item;
    const argv = command === null ? undefined : now.argvs.get(command);
    if (command !== null && argv !== undefined) {
      const exit = now.exits.get(command) ?? null;
      addRan(now.deeds, { command, item: number, text: argv, exit }, { argv: terms.testArgv });
      if (isTestRun(argv, { argv: terms.testArgv })) now.testRuns.add(number);
      ran(argv, exit, seq);
    }
    if (type === "patch") edited(text, seq);
    if (type === "message")
      counts.add("contradictions", seq, contradictedBy(text, now.deeds, { argv: terms.testArgv }).length);
  }

  function becomes(item: number, tree: string, seq: number): void {
    if (tree === now.tree) return;
    // The first of an attempt is the base, or where the one before stopped, unless a patch made it.
    const isChange = now.tree !== null || now.types.get(item) === "patch";
    const isKnown = trees.has(tree);
    trees.add(tree);
    now.tree = tree;
    if (!isChange) return;
    now.onTree.clear();
    now.deeds.lastEdit = item;
    counts.clear("idleTokens");
    if (isKnown) counts.add("returns", seq);
    else {
      stalledMicros = 0;
      counts.clear("stalled");
    }
  }

  /** What a patch changes was counted with its text, and what a test run leaves behind is nobody's edit. */
  function moved(item: number, paths: readonly string[], seq: number): void {
    const isEdit = now.types.get(item) !== "patch" && !now.testRuns.has(item);
    for (const path of paths) {
      touched(path, seq);
      if (isEdit && increased(edits, path) > OFTEN_EDITED) counts.add("rewrites", seq);
    }
  }

  function spent(tokens: number, micros: number, seq: number): void {
    counts.add("idleTokens", seq, tokens);
    stalledMicros += micros;
    if (terms.budgetMicros > 0)
      counts.set("stalled", seq, Math.min(1000, Math.floor((1000 * stalledMicros) / terms.budgetMicros)));
  }

  function tested(failing: readonly string[], failed: number, isBase: boolean, seq: number): void {
    if (isBase) {
      base ??= new Set(failing);
      best ??= failed;
      return;
    }
    const known = base;
    counts.set("newlyFailing", seq, known === null ? 0 : failing.filter((id) => !known.has(id)).length);
    counts.set("worse", seq, best === null ? 0 : Math.max(0, failed - best));
    best = best === null ? failed : Math.min(best, failed);
  }

  function assumed(text: string, holds: boolean | null, seq: number): void {
    if (holds === false) assumptions.add(text);
    else assumptions.delete(text);
    counts.set("assumptions", seq, assumptions.size);
  }

  function prompted(origin: string, part: number, seq: number): void {
    if (part > 1 || origin === "answer") return;
    // An attempt begins with the goal it has; a later one changes it.
    if (origin === "goal" && now.hasPrompt) counts.add("goals", seq);
    now.hasPrompt = true;
    anew();
  }

  function look(event: RunEvent): void {
    const { seq, kind, body } = event;
    switch (kind) {
      case "command_started":
        now.argvs.set(body.command, body.argv.join(" "));
        break;
      case "command_finished":
        now.exits.set(body.command, body.exit);
        break;
      case "tests_reported":
        tested(body.failing, body.failed, body.tree === "base", seq);
        break;
      case "item_opened":
        now.items.set(body.item, { type: body.type, text: "", command: body.command ?? null });
        break;
      case "item_delta": {
        const item = now.items.get(body.item);
        if (item && item.text.length < MOST_TEXT) item.text += body.text;
        break;
      }
      case "item_closed":
        closed(body.item, seq);
        break;
      case "tree_recorded":
        becomes(body.item, body.tree, seq);
        moved(body.item, body.paths ?? [], seq);
        break;
      case "file_changed":
        touched(body.path, seq);
        break;
      case "model_answered": {
        const { input, cached, output, micros } = body;
        spent(Math.max(0, (input ?? 0) - (cached ?? 0)) + (output ?? 0), micros, seq);
        break;
      }
      case "relay_refused":
        counts.add("refused", seq, body.times);
        break;
      case "ask_settled":
        if (body.decision === "declined") counts.add("refused", seq);
        break;
      case "assumption_checked":
        assumed(body.text, body.holds, seq);
        break;
      case "prompt_sent":
        prompted(body.origin, body.part ?? 1, seq);
        break;
    }
  }

  return {
    seq: () => last,
    take(event) {
      if (event.seq !== last + 1) throw new RangeError(`Event ${event.seq} does not follow ${last}.`);
      last = event.seq;
      if (event.kind === "attempt_started") now = { ...attempt(), isAgents: event.body.phase === "agent" };
      else if (now.isAgents) look(event);
      if (counts.changes() === scored) return null;
      scored = counts.changes();
      const score = scoreOf(counts.facts(), counts.events());
      const made = score.parts.map(({ part, score }) => `${part} ${score}`).join();
      if (made === told) return null;
      told = made;
      return { seq: event.seq, at: event.at, ...score };
    },
  };
}

/** All points of a run. */
export function pointsOf(terms: DriftTerms, events: readonly RunEvent[]): DriftPoint[] {
  const drift = createDrift(terms);
  return events.flatMap((event) => drift.take(event) ?? []);
}
