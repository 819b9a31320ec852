// What changed between two attempts as people read it: secrets masked in lines and names, in parts as a patch is.
import { AppError, notFound } from "../errors.ts";
import type { PatchFile } from "../patches/schema.ts";
import {
  type AskedPart,
  type AskedWhole,
  type Cut,
  partOf,
  shownText,
  wholeOf,
} from "../patches/shown-patch.ts";
import { uniqueNames } from "../patches/unique-names.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import type { FoundInterdiff, Interdiff } from "./schema.ts";
import { findInterdiff, listEarlier } from "./service.ts";

export type ShownInterdiff =
  | { readonly state: "made"; readonly files: readonly PatchFile[]; readonly cut: Cut }
  | { readonly state: "none"; readonly why: string };

const WHY = {
  waiting: "The two attempts are being compared. This page shows the result as soon as it is there.",
  taken_away: "The earlier patch was taken away, and what changed since then with it.",
} as const;

/** The caller has checked the run's visibility, and that both are patches of it. */
export async function readShownInterdiff(scope: Scope, from: string, to: string): Promise<ShownInterdiff> {
  const found = await findInterdiff(scope, from, to);
  if (found.state !== "made") return { state: "none", why: whyNone(found) };
  const files = await maskValue(found.files);
  const names = uniqueNames(files.map(({ path }) => path));
  const named = files.map((file, at) => ({ ...file, path: names[at] ?? file.path }));
  return { state: "made", files: named, cut: await cutOf(found) };
}

const whyNone = (found: Exclude<FoundInterdiff, { readonly state: "made" }>): string =>
  found.state === "problem" ? found.problem : WHY[found.state];

const cutOf = ({ raw, diff }: Interdiff): Promise<Cut> => cutOnce(raw ?? Buffer.from(diff));

/** By the bytes, which are kept as long as anybody reads them. */
const cuts = new WeakMap<Buffer, Promise<Cut>>();

function cutOnce(raw: Buffer): Promise<Cut> {
  const known = cuts.get(raw);
  if (known) return known;
  const mine = shownText(raw);
  cuts.set(raw, mine);
  mine.catch(() => cuts.delete(raw));
  return mine;
}

export async function readInterdiffPart(
  scope: Scope,
  asked: AskedPart & { readonly since: string },
): Promise<string> {
  return partOf(await askedCut(scope, asked), asked);
}

/** All of it, for a search over all of it. */
export async function readInterdiffWhole(
  scope: Scope,
  asked: AskedWhole & { readonly since: string },
): Promise<ReadableStream<Uint8Array>> {
  return wholeOf(await askedCut(scope, asked), asked.version);
}

/** The text alone: names are masked once for a page, not for each of its parts. */
async function askedCut(
  scope: Scope,
  { runId, since, patchId }: { readonly runId: string; readonly since: string; readonly patchId: string },
): Promise<Cut> {
  const { id } = await getRun(scope, runId);
  const isEarlier = (await listEarlier(scope, id)).some((patch) => patch.id === since);
  if (!isEarlier) throw notFound("patch");
  const found = await findInterdiff(scope, since, patchId);
  if (found.state !== "made") throw new AppError("expired", whyNone(found));
  return cutOf(found);
}
