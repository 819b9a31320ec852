// Messages that the events seen so far say nothing of. Pure.
import type { Timeline } from "#lib/timeline/schema.ts";
import type { ShownMessage } from "./steering-context.tsx";

/** Oldest first. What a page read from its table may be older than its events: one that was told of does not wait. */
export function untold(messages: readonly ShownMessage[], { entries }: Timeline): ShownMessage[] {
  const told = new Set(
    entries
      .flatMap((entry) => (entry.kind === "step" ? entry.items : []))
      .flatMap((item) => {
        if (item.kind === "message") return [item.message];
        return item.kind === "prompt" ? item.messages.map(({ message }) => message) : [];
      }),
  );
  return messages
    .filter(({ id, status }) => status !== "delivered" && !told.has(id))
    .toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
}
