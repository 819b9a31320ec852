// What stands on the forge beside an approved commit: what changed, what was observed, who decided; in words of ours
// alone, since what an agent wrote may speak to whoever and whatever reads it there.
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { PatchFile } from "../patches/schema.ts";
import type { Scope } from "../scope.ts";

const MOST_FILES = 200;
const LONGEST_NAME = 200;
const LONGEST = 60_000;

export interface Described {
  readonly runId: string;
  readonly added: number;
  readonly removed: number;
  readonly files: readonly Pick<PatchFile, "path" | "status" | "added" | "removed">[];
  readonly patch: string;
  readonly evidence: readonly { readonly id: string; readonly verdict: string; readonly digest: string }[];
  readonly gate: { readonly id: string; readonly digest: string };
  readonly approvals: readonly { readonly personId: string; readonly role: string }[];
}

/** In a span of code no mention, link or markup of GitHub's takes effect; what could end the span is left out. */
const code = (text: string): string =>
  `\`${text.replaceAll(/[`\p{C}]/gu, "\uFFFD").slice(0, LONGEST_NAME)}\``;

const counts = (added: number | null, removed: number | null): string =>
  added === null || removed === null ? "binary" : `+${added} −${removed}`;

/** Markdown, as GitHub reads it. */
export function describe(of: Described, url: string): string {
  const shown = of.files.slice(0, MOST_FILES);
  const rest = of.files.length - shown.length;
  const lines = [
    ...["## What changes", "", `${of.files.length} files, ${counts(of.added, of.removed)} lines.`, ""],
    ...shown.map((file) => `- ${code(file.path)} ${file.status}, ${counts(file.added, file.removed)}`),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    ...["", "## What was observed", ""],
    ...(of.evidence.length === 0 ? ["Nothing."] : []),
    ...of.evidence.map(({ id, verdict, digest }) => `- ${code(id)} **${verdict}**, sha256 ${code(digest)}`),
    ...["", "What is observed is no proof that the change is right.", "", "## Who decided", ""],
    ...(of.approvals.length === 0
      ? ["Nobody approved it: the glass was broken, and the gate is reviewed."]
      : []),
    ...of.approvals.map(({ personId, role }) => `- ${code(personId)} as ${code(role)}`),
    ...[
      "",
      `Gate ${code(of.gate.id)}, decision sha256 ${code(of.gate.digest)}, patch sha256 ${code(of.patch)}.`,
    ],
    ...["", `Run: ${url}`, ""],
    "A review on GitHub is no approval here. This pull request is merged by Pilothouse, or not at all.",
  ];
  const text = lines.join("\n");
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}\n\n(cut)`;
}

/** What GitHub runs by itself. */
const WORKFLOWS = /^\.github\/workflows\//;
export const changesWorkflows = (files: readonly Pick<PatchFile, "path" | "previousPath">[]): boolean =>
  files.some(({ path, previousPath }) => WORKFLOWS.test(path) || WORKFLOWS.test(previousPath ?? ""));

export interface MergeText {
  readonly body: string;
  readonly changesWorkflows: boolean;
}

export async function describeMerge(scope: Scope, mergeId: string, url: string): Promise<MergeText> {
  const described = await read(scope, async (db) => {
    const merge = await db.merge.findUnique({ where: { id: mergeId } });
    const patch = merge ? await db.patch.findUnique({ where: { id: merge.patchId } }) : null;
    if (!merge || !patch) throw notFound("merge");
    const gate = await db.gate.findUniqueOrThrow({
      where: { id: merge.gateId },
      include: {
        approvals: {
          where: { decision: "approve", withdrawnAt: null },
          orderBy: [{ createdAt: "asc" }, { id: "asc" }],
        },
      },
    });
    const evidence = await db.evidence.findMany({
      where: { patchId: patch.id },
      orderBy: { createdAt: "asc" },
      select: { id: true, verdict: true, digest: true },
    });
    const { runId, added, removed, digest } = patch;
    const files = PatchFile.array().parse(patch.files);
    return { runId, added, removed, files, patch: digest, evidence, gate, approvals: gate.approvals };
  });
  return { body: describe(described, url), changesWorkflows: changesWorkflows(described.files) };
}
