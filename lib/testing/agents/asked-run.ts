// A run of an agent that has to ask, whichever program it is: what its charter says, and somebody who answers.
import type { NewEvent } from "#lib/protocol/events.ts";
import type { AskPolicy } from "#lib/protocol/steering.ts";
import type { TestInbox } from "./agent-run.ts";

export const ASKS: AskPolicy = {
  mode: "unlisted",
  allowed: ["mkdir *"],
  denied: ["rm"],
  unattended: "deny_and_continue",
  minutes: 30,
};

/** Tried in this order under ASKS: read, allowed by the charter, denied by it, and two that a person is asked about. */
export const ASKED_COMMANDS = [
  "ls src",
  "mkdir -p lib",
  "rm -rf src",
  "echo 'export {}' > src/new.js",
  "touch src/other.js",
] as const;

/** Who settled the asks of these commands, and how. */
export const SETTLED = [
  ["allowed", "policy"],
  ["declined", "policy"],
  ["allowed", "person"],
  ["declined", "person"],
] as const;

/** A person who lets the first new file be made, and no other. */
export const allowingOne =
  (inbox: TestInbox) =>
  (event: NewEvent): void => {
    if (event.kind !== "ask_opened") return;
    const isFirst = event.body.title.includes("new.js");
    const decision = isFirst ? ("allowed" as const) : ("declined" as const);
    inbox.push({ kind: "answer", ask: event.body.ask, decision, reason: isFirst ? "" : "Enough files." });
  };
