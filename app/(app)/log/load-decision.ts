// Who approved what an entry is about, and why it was allowed.
import { z } from "zod";
import type { DecisionProps } from "#components/log/decision-panel.tsx";
import { AppError } from "#lib/errors.ts";
import { getGate } from "#lib/gates/service.ts";
import type { EntryDetailView } from "#lib/log/schema.ts";
import { listEntries } from "#lib/log/service.ts";
import { getMerge } from "#lib/merges/service.ts";
import type { Scope } from "#lib/scope.ts";

/** The gate an entry is about, or the one its merge was decided at; null where nobody decides. */
async function gateOf(scope: Scope, { about, detail }: EntryDetailView): Promise<string | null> {
  const named = about.find((subject) => subject.startsWith("gate:"));
  if (named) return named.slice("gate:".length);
  if (typeof detail.merge !== "string") return null;
  return (await getMerge(scope, detail.merge)).gateId;
}

const BOUND = [
  ["targetRef", "Into"],
  ["baseCommit", "Base"],
  ["tree", "Tree"],
  ["patch", "Patch"],
  ["charter", "Charter"],
  ["method", "Method"],
] as const;

/** What a decision document binds, in words; documents have other fields by what they decide. */
function boundBy(document: string): DecisionProps["bound"] {
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(document));
  return BOUND.flatMap(([field, name]) => {
    const value = fields[field];
    return typeof value === "string" ? [{ name, value }] : [];
  });
}

export async function loadDecision(scope: Scope, entry: EntryDetailView): Promise<DecisionProps | null> {
  const gateId = await gateOf(scope, entry).catch(unlessMissing);
  const gate = gateId === null ? null : await getGate(scope, gateId).catch(unlessMissing);
  if (!gate) return null;
  const { entries } = await listEntries(scope, {
    filter: { subject: `gate:${gate.id}`, kind: "gate.approval_given" },
    limit: 100,
  });
  return {
    gate,
    bound: boundBy(gate.document),
    entries: Object.fromEntries(
      entries.flatMap(({ id, detail: { approval } }) =>
        typeof approval === "string" ? [[approval, id]] : [],
      ),
    ),
  };
}

/** An entry outlives what it was about, and may name what this person may not see. */
function unlessMissing(error: unknown): null {
  if (error instanceof AppError && error.code === "not_found") return null;
  throw error;
}
