// Evidence is about one tree on one base, and a merge is of exactly that: where the branch moves, both are made anew.
import { z } from "zod";
import type { Db } from "../db.ts";
import { BoundMerge } from "./still-bound.ts";

export interface Tested {
  readonly tree: string;
  readonly base: string;
}

const Bound = BoundMerge.extend({ decides: z.string(), run: z.string() });

/** What is read of evidence here; its verdict stands beside it. */
const Observed = z.looseObject({ tree: z.string(), baseCommit: z.string() });

/** What the newest evidence that a gate's document names is about; null where it names none. */
async function testedIn(db: Db, document: string): Promise<(Tested & { readonly verdict: string }) | null> {
  const { run: runId, evidence } = Bound.parse(JSON.parse(document));
  const newest = await db.evidence.findFirst({
    where: { runId, digest: { in: evidence } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { canonical: true, verdict: true },
  });
  if (!newest) return null;
  const { tree, baseCommit: base } = Observed.parse(JSON.parse(newest.canonical));
  return { tree, base, verdict: newest.verdict };
}

/** Why what a gate would merge is not what a runner tested and found in order; null where it is, and past the gate. */
export async function whyUntested(db: Db, document: string): Promise<string | null> {
  const { decides, tree, baseCommit } = Bound.parse(JSON.parse(document));
  if (decides !== "merge") return null;
  const tested = await testedIn(db, document);
  if (tested === null) return "No evidence is about what would be merged.";
  if (tested.verdict !== "verified") return "The newest evidence about what would be merged is not in order.";
  return tested.tree === tree && tested.base === baseCommit
    ? null
    : "What would be merged is not what was tested: the branch moved. It has to be tested again.";
}

/** For whoever moves the ref; null where somebody merged past the gate, which waits for no evidence. */
export async function testedBy(db: Db, gateId: string): Promise<Tested | null> {
  const gate = await db.gate.findUnique({ where: { id: gateId }, select: { kind: true, document: true } });
  if (gate?.kind !== "merge") return null;
  const { tree, base } = (await testedIn(db, gate.document)) ?? NOTHING_TESTED;
  return { tree, base };
}

/** No tree and no base are these, so nothing of that gate is merged. */
const NOTHING_TESTED: Tested = { tree: "nothing", base: "nothing" };
