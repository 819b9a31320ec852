// Payloads that are not there: what the file says of each is held against what entries say was taken away.
import { type Findings, shown } from "./report.ts";

/** What is read of an entry. */
interface Saying {
  readonly index: number;
  readonly about: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Run {
  events: number;
  /** Commitments. The same blob may be cited by several entries, and was taken away once. */
  readonly blobs: Set<string>;
  /** Commitments of blobs of which the file says nothing at all. */
  readonly missing: Set<string>;
}

interface Said {
  /** The newest entry that says it. */
  by: number;
  /** The sum of the entries that each say what they took away. */
  events: number;
  /** The highest of the totals with which a redaction ends: it counts what the entries before it said again. */
  total: number;
  blobs: number;
}

export interface Redactions {
  /** An entry that says payloads were taken away. */
  say(entry: Saying): void;
  event(run: string): void;
  blob(run: string, commitment: string): void;
  missingBlob(run: string, commitment: string): void;
  /** `isWhole`: no leaf is left out, so that an entry that is not there does not exist. */
  tell(isWhole: boolean): void;
}

const countOf = (value: unknown): number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;

/** The last entry of a redaction lists every copy it reached; those before it the events alone. */
const isTotal = ({ reached }: Saying["detail"]): boolean =>
  Array.isArray(reached) && !(reached.length === 1 && reached[0] === "events");

export function createRedactions(findings: Findings): Redactions {
  const runs = new Map<string, Run>();
  const orders = new Map<string, Said>();

  function runOf(id: string): Run {
    const run = runs.get(id) ?? { events: 0, blobs: new Set(), missing: new Set() };
    runs.set(id, run);
    return run;
  }

  function tellRun(id: string, { events, blobs, missing }: Run, isWhole: boolean): void {
    const said = orders.get(id);
    const sum = said ? Math.max(said.events, said.total) : 0;
    const gone = events + blobs.size;
    if (gone > 0 && !said)
      findings.add(
        "redactions",
        "not_shown",
        `${gone} payloads of ${shown(id)} are left out as redacted, and no entry in this file says that they were.`,
      );
    else if (said && (events > sum || blobs.size > said.blobs))
      findings.add(
        "redactions",
        isWhole ? "fails" : "not_shown",
        `${events} events and ${blobs.size} blobs of ${shown(id)} are left out as redacted, and entries in this file say so of ${sum} events and ${said.blobs} blobs.`,
      );
    else if (said && gone > 0)
      findings.add(
        "redactions",
        "note",
        `${gone} payloads of ${shown(id)} were redacted; their digests stand. Entry ${said.by} says so.`,
      );
    const silent = [...missing].filter((commitment) => !blobs.has(commitment)).length;
    if (silent > Math.max(0, (said?.blobs ?? 0) - blobs.size))
      findings.add(
        "contents",
        "not_shown",
        `${silent} blobs of ${shown(id)} that entries cite are not in this file, and nothing says that they were redacted.`,
      );
  }

  return {
    say({ index, about, detail }) {
      for (const id of new Set(about.filter((subject) => subject.startsWith("run:")))) {
        const said = orders.get(id) ?? { by: index, events: 0, total: 0, blobs: 0 };
        const events = countOf(detail.events);
        said.by = index;
        if (isTotal(detail)) said.total = Math.max(said.total, events);
        else said.events += events;
        said.blobs += countOf(detail.blobs);
        orders.set(id, said);
      }
    },
    event(run) {
      runOf(run).events += 1;
    },
    blob(run, commitment) {
      runOf(run).blobs.add(commitment);
    },
    missingBlob(run, commitment) {
      runOf(run).missing.add(commitment);
    },
    tell(isWhole) {
      for (const [id, run] of runs) tellRun(id, run, isWhole);
    },
  };
}
