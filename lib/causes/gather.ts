// From a run's events to what could have written a file. Pure.
import type { BodyOf } from "../protocol/events.ts";
import type { Candidate } from "./rules.ts";
import type { Writer } from "./schema.ts";
import type { CauseEvent, ItemText } from "./store.ts";

/** An item after which a file was another one, or may have been. */
export interface Changing extends Omit<Candidate, "text"> {
  /** 0 for what is no item. */
  readonly item: number;
}

const MOST_PROMPT = 400;

/**
 * The attempts whose work is in a patch: its own, and those before it that it took up. An agent that goes on in the same session
 * goes on with the same checkout; any other begins at the base.
 */
export function chainOf(events: readonly CauseEvent[], attempt: number): number[] {
  const natives = new Map<number, string>();
  for (const { kind, attempt: of, body } of events) {
    if (kind !== "session_bound" || natives.has(of)) continue;
    const { driver, native } = body as BodyOf<"session_bound">;
    natives.set(of, `${driver} ${native}`);
  }
  const own = natives.get(attempt);
  const earlier =
    own === undefined ? [] : [...natives].filter(([of, native]) => of < attempt && native === own);
  return [...earlier.map(([of]) => of), attempt];
}

/** What changed a path, in order. An agent without items tells by its reverts alone, which may reach any file. */
export function changesOf(events: readonly CauseEvent[], chain: readonly number[], path: string): Changing[] {
  const found: Changing[] = [];
  const items = new Map<string, Pick<Writer, "seq" | "what" | "title">>();
  const commands = new Map<string, string>();
  let [turn, prompt]: [number, Writer["prompt"]] = [0, null];
  for (const { seq, attempt, kind, body } of events) {
    if (!chain.includes(attempt)) continue;
    switch (kind) {
      case "turn_started":
        turn = (body as BodyOf<"turn_started">).turn;
        break;
      case "prompt_sent": {
        const { origin, text, part = 1 } = body as BodyOf<"prompt_sent">;
        if (part === 1) prompt = { seq, origin, text: text.slice(0, MOST_PROMPT) };
        break;
      }
      case "command_started": {
        const { command, argv } = body as BodyOf<"command_started">;
        commands.set(`${attempt} ${command}`, argv.join(" "));
        break;
      }
      case "item_opened": {
        const { item, type, title, command } = body as BodyOf<"item_opened">;
        const line = command === undefined ? undefined : commands.get(`${attempt} ${command}`);
        const what = type === "command" ? "command" : "change";
        items.set(`${attempt} ${item}`, { seq, what, title: line ?? title });
        break;
      }
      case "tree_recorded": {
        const { item, paths = [], more = 0 } = body as BodyOf<"tree_recorded">;
        const isNamed = paths.includes(path);
        const known = items.get(`${attempt} ${item}`);
        if (known && (isNamed || more > 0))
          found.push({
            ...known,
            attempt,
            item,
            turn,
            prompt,
            isMaybe: !isNamed,
            others: paths.length + more - (isNamed ? 1 : 0),
          });
        break;
      }
      case "cluster_repaired": {
        const { commit } = body as BodyOf<"cluster_repaired">;
        const title = `Revert of ${commit.slice(0, 12)}`;
        if (!found.some((each) => each.attempt === attempt && each.title === title))
          found.push({
            seq,
            attempt,
            item: 0,
            turn: 0,
            what: "revert",
            title,
            prompt: null,
            others: 0,
            isMaybe: false,
          });
        break;
      }
    }
  }
  return found;
}

export const withTexts = (changes: readonly Changing[], texts: readonly ItemText[]): Candidate[] =>
  changes.map(({ item, ...change }) => ({
    ...change,
    text: `${change.title}\n${texts.find((each) => each.attempt === change.attempt && each.item === item)?.text ?? ""}`,
  }));
