// Payloads that are not there: what the file says of each is held against what entries say was taken away.
import { type Entry, isCount, runsOf } from "./members.ts";
import { type Findings, shown } from "./report.ts";

/** What is gone of a run, and what entries say of it. */
interface Gone {
  events: number;
  /** Commitments. The same blob may be cited by several entries, and was taken away once. */
  readonly blobs: Set<string>;
  /** Commitments of blobs of which the file says nothing at all. */
  readonly missing: Set<string>;
  readonly said: {
    /** The newest entry that says it; null when none does. */
    by: number | null;
    /** The sum of the entries that each say what they took away. */
    events: number;
    /** The highest of the totals with which a redaction ends: it counts what the entries before it said again. */
    total: number;
    blobs: number;
  };
}

const countOf = (value: unknown): number => (isCount(value) ? value : 0);

/** The last entry of a redaction lists every copy it reached; those before it the events alone. */
const isTotal = ({ reached }: Entry["detail"]): boolean =>
  Array.isArray(reached) && !(reached.length === 1 && reached[0] === "events");

function tellRun(findings: Findings, run: string, { events, blobs, missing, said }: Gone, isWhole: boolean) {
  const sum = Math.max(said.events, said.total);
  const gone = events + blobs.size;
  const left = `${events} events and ${blobs.size} blobs of ${run} are left out as redacted`;
  if (gone > 0 && said.by === null) {
    const says = `${gone} payloads of ${run} are left out as redacted, and no entry in this file says that they were.`;
    findings.add("redactions", "not_shown", says);
  } else if (events > sum || blobs.size > said.blobs) {
    const says = `${left}, and entries in this file say so of ${sum} events and ${said.blobs} blobs.`;
    findings.add("redactions", isWhole ? "fails" : "not_shown", says);
  } else if (gone > 0) {
    const says = `${gone} payloads of ${run} were redacted; their digests stand. Entry ${said.by} says so.`;
    findings.add("redactions", "note", says);
  }
  const silent = [...missing].filter((commitment) => !blobs.has(commitment)).length;
  if (silent > Math.max(0, said.blobs - blobs.size)) {
    const says = `${silent} blobs of ${run} that entries cite are not in this file, and nothing says that they were redacted.`;
    findings.add("contents", "not_shown", says);
  }
}

export function createRedactions() {
  const runs = new Map<string, Gone>();
  /** `run` is a subject. */
  function of(run: string): Gone {
    const said = { by: null, events: 0, total: 0, blobs: 0 };
    const gone = runs.get(run) ?? { events: 0, blobs: new Set(), missing: new Set(), said };
    runs.set(run, gone);
    return gone;
  }
  return {
    of,
    /** An entry that says payloads were taken away. */
    say(entry: Entry): void {
      const { index, detail } = entry;
      for (const run of new Set(runsOf(entry))) {
        const { said } = of(run);
        said.by = index;
        if (isTotal(detail)) said.total = Math.max(said.total, countOf(detail.events));
        else said.events += countOf(detail.events);
        said.blobs += countOf(detail.blobs);
      }
    },
    tell(findings: Findings, isWhole: boolean): void {
      for (const [run, gone] of runs) tellRun(findings, shown(run), gone, isWhole);
    },
  };
}
