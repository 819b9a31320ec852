// Texts inside a value masked where they stand; its shape, numbers and everything that is not plain data stay.
import type { RunEvent } from "../protocol/events.ts";
import { type Budget, maskPieces, PAGE_BUDGET } from "./service.ts";

/** `key` is the field the text stands in, or the one of the list it stands in. */
type Change = (text: string, key: string) => string;

function changed(value: unknown, change: Change, key = ""): unknown {
  if (typeof value === "string") return change(value, key);
  if (Array.isArray(value)) return value.map((item) => changed(item, change, key));
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value; // a Date, say
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, changed(item, change, name)]));
}

/** Collects texts in groups, masks them all at once, and gives them back in the order they were collected in. */
function collector() {
  const groups = new Map<string, string[]>();
  const places: { readonly group: string; readonly index: number }[] = [];
  return {
    add(text: string, group = `alone ${places.length}`): string {
      const pieces = groups.get(group) ?? [];
      groups.set(group, pieces);
      places.push({ group, index: pieces.length });
      pieces.push(text);
      return text;
    },
    async masked(budget: Budget): Promise<() => string> {
      const shown = await maskPieces([...groups.values()], budget);
      const byGroup = new Map([...groups.keys()].map((group, at) => [group, shown[at] ?? []]));
      let next = 0;
      return () => {
        const place = places[next++];
        return (place && byGroup.get(place.group)?.[place.index]?.text) ?? "";
      };
    },
  };
}

/**
 * A word of a closed list, which pages are drawn by: it stays even where there was no time to search, or a busy host
 * would show an error in the place of a run.
 */
const isClosedWord = (text: string, key: string): boolean =>
  CLOSED_WORDS.has(key) && /^[a-z_]{1,24}$/.test(text);
const CLOSED_WORDS = new Set(["status", "kind", "outcome", "from", "to", "stream"]);

/** The same value with secrets masked in its texts. Keys are ours and stay. */
export async function maskValue<T>(value: T, budget: Budget = PAGE_BUDGET): Promise<T> {
  const texts = collector();
  changed(value, (text, key) => (isClosedWord(text, key) ? text : texts.add(text)));
  const next = await texts.masked(budget);
  return changed(value, (text, key) => (isClosedWord(text, key) ? text : next())) as T;
}

/** Pieces of one text that was cut are searched as one, so that a secret which two events share is found. */
function groupOf({ attempt, kind, body }: RunEvent, key: string): string | undefined {
  if (key !== "text") return undefined;
  switch (kind) {
    case "command_output":
      return `output ${attempt} ${body.command} ${body.stream}`;
    case "item_delta":
      return `item ${attempt} ${body.item}`;
    case "prompt_sent":
      return `prompt ${attempt} ${body.turn} ${body.origin}`;
    case "agent_line":
      return `lines ${attempt} ${body.stream}`;
    default:
      return undefined;
  }
}

/** Events as they are shown. A text that was cut into several is searched as one, as far as they are among them. */
export async function maskEvents(
  events: readonly RunEvent[],
  budget: Budget = PAGE_BUDGET,
): Promise<RunEvent[]> {
  const texts = collector();
  for (const event of events) {
    changed(event.body, (text, key) =>
      isClosedWord(text, key) ? text : texts.add(text, groupOf(event, key)),
    );
  }
  const next = await texts.masked(budget);
  return events.map((event) => ({
    ...event,
    body: changed(event.body, (text, key) => (isClosedWord(text, key) ? text : next())),
  })) as RunEvent[];
}
