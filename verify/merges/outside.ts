// Checks from outside that a merge waited for: what the charters require has to stand in the document as passed, and has to be
// what was reported of exactly that patch.
import { type Entry, isMembers, isText, type Members } from "../members.ts";
import { shown } from "../report.ts";
import { hexOf, sha256 } from "../tree.ts";
import type { ApprovalRule } from "./charters.ts";

/** The newest report of each check about each patch of a run: one about an earlier patch may come in late. */
export type Reports = ReadonlyMap<unknown, Members>;

interface Bound {
  readonly source: string;
  readonly required: boolean;
  readonly verdict: unknown;
  readonly report: unknown;
  readonly reportedBy: unknown;
}

function boundIn({ outside }: Members): Bound[] {
  const all: readonly unknown[] = Array.isArray(outside) ? outside : [];
  return all.flatMap((one) => {
    if (!isMembers(one) || !isText(one.source)) return [];
    const { source, verdict, report, reportedBy } = one;
    return [{ source, verdict, report, reportedBy, required: one.required === true }];
  });
}

export const reportKey = (source: unknown, patch: unknown): string => JSON.stringify([source, patch]);

/** How a document asks for less than its charters, or than itself; null where every check it had to wait for passed. */
export function unwaited(rules: readonly (ApprovalRule | null)[], document: Members): string | null {
  const bound = boundIn(document);
  const required = new Set([
    ...rules.flatMap((rule) => rule?.checks ?? []),
    ...bound.flatMap((one) => (one.required ? [one.source] : [])),
  ]);
  const open = [...required].find(
    (name) => !bound.some((one) => one.source === name && one.required && one.verdict === "passed"),
  );
  return open === undefined
    ? null
    : `the check ${shown(open)} is required, and the document does not say that it passed`;
}

/** The person behind an approval who reported what they approve by; null for none. */
export function reporterAmong(approvals: readonly Entry[], document: Members): string | null {
  const reporters = boundIn(document).map(({ reportedBy }) => reportedBy);
  const both = approvals.find(({ detail }) => reporters.includes(detail.person));
  return both ? shown(String(both.detail.person)) : null;
}

/** Whether the entries say what the document says about the checks it waited for; null where they do. */
export function unreported(
  document: Members,
  reports: Reports,
): { readonly isMissing: boolean; readonly says: string } | null {
  for (const { source, report } of boundIn(document).filter(({ required }) => required)) {
    const entry = reports.get(reportKey(hexOf(sha256(Buffer.from(source))), document.patch));
    if (!entry)
      return { isMissing: true, says: `the report of the check ${shown(source)} is not in this file` };
    if (entry.verdict !== "passed" || entry.report !== report)
      return { isMissing: false, says: `the check ${shown(source)} was not reported as the document says` };
  }
  return null;
}
