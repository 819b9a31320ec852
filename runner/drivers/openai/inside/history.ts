// What was said so far, on disk: a line for each item, so that another process goes on with it. A line that was cut short by the
// end of its process is left out, and so is a call of a tool that never got its answer.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Items } from "./answer.ts";

export interface History {
  readonly items: Items;
  add(...items: Items): void;
  /** Puts these in the place of all there are. */
  replace(items: Items): void;
}

const NEVER_ANSWERED =
  "This was broken off: the session ended before it had a result. It may have been done in part.";

function read(file: string): Items {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line): Items => {
      try {
        return line === "" ? [] : [JSON.parse(line)];
      } catch {
        return []; // only the last one can be cut
      }
    });
}

/** Every call with an answer: the provider refuses what has none. */
export function answered(items: Items): Items {
  const outputs = new Set(
    items.flatMap((item) => (item.type === "function_call_output" ? [item.call_id] : [])),
  );
  return items.flatMap((item): Items => {
    if (item.type !== "function_call" || outputs.has(item.call_id)) return [item];
    return [item, { type: "function_call_output", call_id: item.call_id, output: NEVER_ANSWERED }];
  });
}

const linesOf = (items: Items): string => items.map((item) => `${JSON.stringify(item)}\n`).join("");

export function openHistory(file: string): History {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const items = answered(read(file));

  function rewrite(): void {
    writeFileSync(`${file}.new`, linesOf(items), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  rewrite();
  return {
    items,
    add(...more) {
      items.push(...more);
      appendFileSync(file, linesOf(more));
    },
    replace(others) {
      items.splice(0, items.length, ...others);
      rewrite();
    },
  };
}
