// Batches of events whose numbers the database draws in the statement that inserts them (`append_prepared` in SQL): all
// texts are made here, with places left for the numbers and for the root over the leaves that hold them.
import { randomBytes } from "node:crypto";
import type { NewEvent } from "../protocol/events.ts";
import { preparedEntry } from "../record/prepared.ts";
import { canonicalText } from "../record/rules.ts";
import type { Scope } from "../scope.ts";
import { eventCommitment, eventTime, SALT_BYTES, saltOf, storable } from "./rules.ts";

export interface Timeline {
  readonly runId: string;
  readonly attempt: number;
  /** Digest of the charter the run stands under. */
  readonly charter: string;
  /** `at`: milliseconds since 1970. */
  readonly events: readonly { readonly at: number; readonly event: NewEvent }[];
}

/** As `append_prepared` reads it. */
export interface PreparedTimeline {
  readonly run: string;
  readonly attempt: number;
  readonly entry: string;
  /** The entry's text up to the batch's first number, up to its root, up to its last number, and the rest. */
  readonly before_from: string;
  readonly before_root: string;
  readonly before_to: string;
  readonly after_to: string;
  readonly events: readonly PreparedEvent[];
}

interface PreparedEvent {
  readonly at: string;
  readonly kind: string;
  readonly body: unknown;
  /** Hex. */
  readonly salt: string;
  /** The leaf's text up to its number; the number and `}` follow. */
  readonly leaf: string;
}

const NO_ROOT = "0".repeat(64);
const NUMBERS = `"from":1,"root":"${NO_ROOT}","to":1`;
const [BEFORE_ROOT, BEFORE_TO] = [',"root":"', '","to":'] as const;

/** The events of one run and attempt, in order. */
export function preparedTimeline(
  scope: Scope,
  { runId, attempt, charter, events }: Timeline,
): PreparedTimeline {
  const detail = { attempt, from: 1, to: 1, root: NO_ROOT };
  const about = [`run:${runId}`] as const;
  const { id, body } = preparedEntry(scope, { kind: "run.events_appended", about, charter, detail });
  const [before, after, ...more] = body.split(NUMBERS);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error("the numbers of a batch stand elsewhere in its entry");
  const salts = randomBytes(SALT_BYTES * events.length);
  return {
    ...{ run: runId, attempt, entry: id },
    ...{ before_from: `${before}"from":`, before_root: BEFORE_ROOT, before_to: BEFORE_TO, after_to: after },
    events: events.map(({ at, event }, place) => prepared(attempt, at, event, saltOf(salts, place))),
  };
}

function prepared(attempt: number, at: number, event: NewEvent, salt: Uint8Array): PreparedEvent {
  const { kind, body } = storable(event);
  const time = eventTime(at);
  const commitment = eventCommitment(salt, body).toString("hex");
  // `seq` is the last of the leaf's names, so its number comes last.
  const leaf = canonicalText({ at: time, attempt, commitment, kind, observedBy: "gateway", seq: 0 });
  return { at: time, kind, body, salt: Buffer.from(salt).toString("hex"), leaf: leaf.slice(0, -"0}".length) };
}
