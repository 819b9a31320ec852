// What an agent did in an attempt, from the events of it: the same that the runner counts while it happens, asked again of what
// is durable.
import type { RunEvent } from "../protocol/events.ts";
import { type Deeds, emptyDeeds, isTestRun, type Testing } from "./rules.ts";
import type { ClaimCommand, LastTest } from "./schema.ts";

/** Kinds that deeds are read from. */
export const DEED_KINDS = [
  "command_started",
  "command_finished",
  "item_opened",
  "item_closed",
  "tree_recorded",
] as const;

export interface Done {
  readonly deeds: Deeds;
  /** By number; those that ended. */
  readonly commands: ReadonlyMap<number, ClaimCommand>;
  /** Commands that are the agent's; the others are the harness's. */
  readonly own: ReadonlySet<number>;
}

/** `baseTree`: of the patch; null where there is none. Then the first tree counts as an edit, so that nothing older is relied on. */
export function doneIn(events: readonly RunEvent[], baseTree: string | null): Done {
  const deeds = emptyDeeds();
  const commands = new Map<number, ClaimCommand>();
  const own = new Set<number>();
  const texts = new Map<number, string>();
  const items = new Map<number, number>();
  let tree = baseTree;
  for (const { seq, kind, body } of events) {
    switch (kind) {
      case "command_started":
        texts.set(body.command, body.argv.join(" "));
        break;
      case "command_finished": {
        const { command, exit } = body;
        commands.set(command, { command, text: texts.get(command) ?? "", exit, seq });
        break;
      }
      case "item_opened":
        if (body.command === undefined) break;
        items.set(body.item, body.command);
        own.add(body.command);
        break;
      case "item_closed": {
        const ended = commands.get(items.get(body.item) ?? 0);
        if (ended) deeds.ran.push({ ...ended, item: body.item });
        break;
      }
      case "tree_recorded":
        if (body.tree !== tree) deeds.lastEdit = body.item;
        tree = body.tree;
        break;
    }
  }
  return { deeds, commands, own };
}

export function lastTestOf({ deeds, commands }: Done, plan: Testing): LastTest {
  const last = deeds.ran.findLast(({ text }) => isTestRun(text, plan));
  const run = last && commands.get(last.command);
  if (!last || !run) return { state: "none" };
  return { state: last.item > deeds.lastEdit ? "newer" : "older", run };
}
