// What is compared and in which order. Pure: the same seed gives the same order on every machine.
import { seededRandom } from "../kpis/statistics.ts";
import { type ComparedTask, MOST_ATTEMPTS } from "./schema.ts";

const MICROS_PER_CENT = 10_000;

/** The most that all attempts may cost together, by what the charter lets one run spend. */
export const ceilingOf = (attempts: number, budgetRunCents: number): number =>
  attempts * budgetRunCents * MICROS_PER_CENT;

export interface PlannedAttempt {
  readonly place: number;
  readonly agentId: string;
  /** Index into the tasks. */
  readonly task: number;
  /** From 1. */
  readonly round: number;
  readonly label: string;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

export interface Drawn {
  readonly agents: readonly string[];
  readonly tasks: number;
  readonly each: number;
  readonly seed: number;
  /** One byte each, from a source that the seed says nothing about: labels must not follow from the order. */
  readonly bytes: readonly number[];
}

/**
 * Blocks of one task in one round, in an order drawn by lot; in each block every contestant once, in an order of its own. At any
 * moment no contestant is more than one attempt ahead of another, so none has the quiet hours.
 */
export function planAttempts({ agents, tasks, each, seed, bytes }: Drawn): PlannedAttempt[] {
  const random = seededRandom(seed);
  const attempts: PlannedAttempt[] = [];
  const taken = new Set<string>();
  for (let round = 1; round <= each; round++) {
    const order = shuffled(
      Array.from({ length: tasks }, (_, task) => task),
      random,
    );
    for (const task of order)
      for (const agentId of shuffled(agents, random)) {
        const label = freeLabel(task, bytes[attempts.length] ?? 0, taken);
        attempts.push({ place: attempts.length + 1, agentId, task, round, label });
      }
  }
  return attempts;
}

/** `A-7f`: the letter is the task's, the rest is chance. */
function freeLabel(task: number, byte: number, taken: Set<string>): string {
  const letter = String.fromCharCode("A".charCodeAt(0) + task);
  for (let step = 0; step < 256; step++) {
    const label = `${letter}-${((byte + step) % 256).toString(16).padStart(2, "0")}`;
    if (taken.has(label)) continue;
    taken.add(label);
    return label;
  }
  throw new Error("There are more attempts at a task than labels.");
}

export interface PlanFacts {
  readonly agents: readonly { readonly name: string; readonly model: string | null }[];
  readonly tasks: readonly ComparedTask[];
  readonly each: number;
  /** Runs that the charter still allows. */
  readonly runsLeft: number;
  readonly planner: string;
  readonly reviewers: readonly string[];
  /** Who may decide gates of the pilot. */
  readonly mayJudge: readonly string[];
}

/** Null when it may be planned, else the sentence and the field it stands beside. */
export function refusalToPlan(
  facts: PlanFacts,
): { readonly field: string; readonly sentence: string } | null {
  const attempts = facts.agents.length * facts.tasks.length * facts.each;
  if (attempts > MOST_ATTEMPTS)
    return {
      field: "each",
      sentence: `That would be ${attempts} attempts; at most ${MOST_ATTEMPTS} are compared at once.`,
    };
  if (attempts > facts.runsLeft)
    return {
      field: "each",
      sentence: `That would be ${attempts} runs, and the charter allows ${Math.max(0, facts.runsLeft)} more.`,
    };
  const without = facts.agents.find(({ model }) => model === null);
  if (without)
    return {
      field: "agents",
      sentence: `“${without.name}” has no model and reads no task, so it cannot be given the same ones.`,
    };
  if (facts.reviewers.includes(facts.planner))
    return {
      field: "reviewers",
      sentence: "Who plans a comparison knows its contestants and is no blind reviewer of it.",
    };
  if (facts.reviewers.some((person) => !facts.mayJudge.includes(person)))
    return {
      field: "reviewers",
      sentence: "Each reviewer has to be somebody who may decide gates of the pilot.",
    };
  return null;
}

/** Vendors and what they call their programs: a patch that names one says more than its code does. */
const VENDOR_WORDS = [
  ...["anthropic", "claude", "sonnet", "opus", "haiku", "openai", "codex", "chatgpt", "gpt", "copilot"],
  ...["gemini", "deepmind", "mistral", "codestral", "devstral", "deepseek", "qwen", "llama", "cursor"],
  ...["windsurf", "grok", "kimi", "aider"],
];
const SHORTEST = 3;
const MASK = "▮▮▮";

/** A text without the names of contestants, and how many places were taken out. */
export function maskNames(
  text: string,
  names: readonly string[],
): { readonly text: string; readonly masked: number } {
  const words = [...new Set(names.map((name) => name.trim()).filter((name) => name.length >= SHORTEST))];
  const escaped = [
    ...words.sort((one, other) => other.length - one.length).map(quoted),
    `(?<![a-z])(?:${VENDOR_WORDS.join("|")})(?![a-z])`,
  ];
  let masked = 0;
  const shown = text.replaceAll(new RegExp(escaped.join("|"), "giu"), () => {
    masked += 1;
    return MASK;
  });
  return { text: shown, masked };
}

const quoted = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
