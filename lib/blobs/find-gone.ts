// Rows that name contents which are not in the folder: after a restore of one without the other, or by somebody's hand. Nothing
// is mended by it; each run of which something is gone gets a finding.
import { access } from "node:fs/promises";
import { read, transaction } from "../db.ts";
import { openFindings } from "../findings/open-findings.ts";
import { CONTENT_GONE } from "../findings/own-work.ts";
import type { Scope } from "../scope.ts";
import { blobStore } from "./service.ts";
import { SAFE_AGE } from "./sweep-strays.ts";

const AT_ONCE = 500;
/** Runs told of in one look; the others are in the next, once somebody has dealt with these. */
const MOST_RUNS = 100;

/** How many runs it found something gone of that nobody was told of before. */
export async function findGone(scope: Scope): Promise<number> {
  const before = new Date(scope.clock.now() - SAFE_AGE);
  const gone = new Map<string, string[]>();
  let after = "";
  for (;;) {
    const from = after;
    const rows = await read(scope, (db) =>
      db.blob.findMany({
        where: { id: { gt: from }, deletedAt: null, createdAt: { lt: before } },
        orderBy: { id: "asc" },
        take: AT_ONCE,
        select: { id: true, runId: true, kind: true },
      }),
    );
    for (const { id, runId, kind } of rows)
      if (!(await isThere(id))) gone.set(runId, [...(gone.get(runId) ?? []), kind]);
    after = rows.at(-1)?.id ?? "";
    if (rows.length < AT_ONCE) break;
  }
  let told = 0;
  for (const [runId, kinds] of gone) {
    if (told >= MOST_RUNS) break;
    if (await tell(scope, runId, kinds)) told += 1;
  }
  return told;
}

async function isThere(id: string): Promise<boolean> {
  try {
    await access(blobStore().path(id));
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return false;
    throw error;
  }
}

/** Once a run: what is gone does not come back by being counted. */
async function tell(scope: Scope, runId: string, kinds: readonly string[]): Promise<boolean> {
  const named = [...new Set(kinds)].sort().join(", ").replaceAll("_", " ");
  return transaction(scope, async (tx) => {
    const known = await tx.db.finding.findFirst({ where: { runId, rule: CONTENT_GONE.id } });
    if (known) return false;
    const text = `${kinds.length === 1 ? "One file is" : `${kinds.length} files are`} not in the folder of large contents: ${named}.`;
    await openFindings(tx, scope, runId, [
      {
        ...{ rule: CONTENT_GONE, subject: "", at: scope.clock.now() },
        evidence: { text, path: null, line: null },
      },
    ]);
    return true;
  });
}
