// What entries and events are found by.

import type { TextField } from "../log/schema.ts";
import type { NewEvent } from "../protocol/events.ts";

export interface IndexedEntry {
  readonly kind: string;
  readonly about: readonly string[];
  /** As a filter names the actor. */
  readonly actor: string;
  /** Pilots its subjects belong to. */
  readonly pilots: readonly string[];
}

/** A B-tree key of Postgres ends at some 2,700 bytes. */
const LONGEST_TERM = 512;

/** `kind:…`, `actor:…`, the subjects as they stand, and `pilot:…` for every pilot they belong to. */
export function termsOf({ kind, about, actor, pilots }: IndexedEntry): string[] {
  const terms = [`kind:${kind}`, `actor:${actor}`, ...about, ...pilots.map((pilot) => `pilot:${pilot}`)];
  return [...new Set(terms.map((term) => term.slice(0, LONGEST_TERM).toWellFormed()))];
}

export interface FieldText {
  readonly field: TextField;
  readonly text: string;
}

/** Kept for showing what was found; the words behind it are found as well. */
const KEPT = 16_384;

const SCHEME_HOST = /[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@]{0,256}@)?([^\s/:?#'"<>@]{1,253})/gi;
const SSH_HOST = /\b[\w.-]{1,64}@([\w.-]{1,253}):/g;

/** Hosts of the addresses that stand in a text. */
export function hostsIn(text: string): string[] {
  const named = [...text.matchAll(SCHEME_HOST), ...text.matchAll(SSH_HOST)];
  return [...new Set(named.flatMap(([, host]) => (host ? [host.toLowerCase()] : [])))];
}

/** A patch's file names, in git's form and in that of apply_patch. */
const PATCH_PATH =
  /^(?:\+\+\+ b\/|--- a\/|\*\*\* (?:Add|Update|Delete) File: |\*\*\* Move to: )([^\n\r\t]{1,1000})/gm;

export const patchPathsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(PATCH_PATH)].flatMap(([, path]) => (path ? [path.trim()] : []))),
];

const words = (field: TextField, text: string): FieldText[] => [
  { field, text },
  { field: "host", text: hostsIn(text).join("\n") },
];

const fileOf = (testId: string): string => testId.split(" › ", 1)[0] ?? "";
const isPath = (argument: string): boolean => argument.includes("/") && !argument.includes("://");

function said({ kind, body }: NewEvent): FieldText[] {
  switch (kind) {
    case "command_started":
      return [
        { field: "command", text: body.argv.join(" ") },
        { field: "path", text: body.argv.filter(isPath).join("\n") },
        { field: "host", text: hostsIn(body.argv.join("\n")).join("\n") },
      ];
    case "command_output":
      return words("output", body.text);
    case "note":
      return words("prompt", body.text);
    case "file_changed":
    case "artefact_handed_in":
    case "artefact_refused":
      return [{ field: "path", text: body.path }];
    case "tree_recorded":
      return [{ field: "path", text: (body.paths ?? []).join("\n") }];
    case "tests_reported":
      return [
        { field: "path", text: [...new Set(body.failing.map(fileOf))].join("\n") },
        { field: "output", text: body.failing.join("\n") },
      ];
    case "cluster_found":
      return [
        { field: "path", text: [...new Set(body.tests.map(fileOf))].join("\n") },
        { field: "output", text: [body.signature, ...body.tests].join("\n") },
      ];
    case "culprit_found":
      return [{ field: "output", text: [body.commit, body.subject, body.author].join("\n") }];
    case "cluster_given_up":
      return [{ field: "prompt", text: body.reason }];
    case "step_started":
      return [{ field: "prompt", text: body.title }];
    case "step_finished":
      return [{ field: "prompt", text: body.detail }];
    case "status_changed":
      return [{ field: "prompt", text: body.reason }];
    case "prompt_sent":
      return words("prompt", body.text);
    case "item_opened":
      return [{ field: "output", text: body.title }];
    case "item_delta":
      return [...words("output", body.text), { field: "path", text: patchPathsIn(body.text).join("\n") }];
    case "turn_ended":
      return words("output", body.error ?? "");
    case "relay_refused":
      return [
        { field: "output", text: [body.method, body.target, body.reason].join("\n") },
        { field: "host", text: hostsIn(body.target).join("\n") },
      ];
    case "egress":
      return [{ field: "host", text: body.host }];
    case "ask_opened":
      return [
        { field: "command", text: [body.title, body.text].join("\n") },
        { field: "path", text: patchPathsIn(body.text).join("\n") },
        { field: "host", text: hostsIn(body.text).join("\n") },
        { field: "prompt", text: body.reason },
      ];
    case "assumption_checked":
      return [{ field: "output", text: [body.text, body.detail].join("\n") }];
    case "message_undeliverable":
      return [{ field: "output", text: body.reason }];
    // What the lines of an agent say in words is in its items; kept lines would be found twice.
    case "agent_line":
    case "session_bound":
    case "message_delivered":
    case "ask_settled":
    case "snapshot_taken":
    case "turn_started":
    case "item_closed":
    case "usage_reported":
    case "model_called":
    case "model_answered":
    case "command_finished":
    case "cluster_repaired":
    case "setup_done":
    case "patch_proposed":
    case "attempt_started":
    case "attempt_ended":
    case "patch_imported":
    case "evidence_recorded":
      return [];
  }
}

/** What of an event can be searched, one text per field. Nothing where it says nothing in words. */
export const textsOf = (event: NewEvent): FieldText[] => said(event).filter(({ text }) => text.trim() !== "");

/** The part of a text that is kept beside its words. */
export const keptText = (text: string): string =>
  text.slice(0, KEPT).toWellFormed().replaceAll("\0", "\u2400");

/** How many of these to take at once: at least one, and not more events than the limit. */
export function countWithin(sizes: readonly number[], limit: number): number {
  let sum = 0;
  const over = sizes.findIndex((size) => {
    sum += size;
    return sum > limit;
  });
  return over === -1 ? sizes.length : Math.max(1, over);
}
