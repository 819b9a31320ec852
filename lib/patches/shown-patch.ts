// A patch as people review it: secrets masked inside lines and names. The digest is of the content as it is.
import { createHash } from "node:crypto";
import { read } from "../db.ts";
import { AppError, notFound } from "../errors.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { maskDiff } from "../secrets/mask-diff.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { decodeDiff } from "./decode.ts";
import type { PatchView } from "./schema.ts";
import { findPatch, findPatchOf, recordedDiff } from "./service.ts";
import { cutPatch, type PatchPart, type ShownFile } from "./shown-parts.ts";
import { uniqueNames } from "./unique-names.ts";

/** The largest diff that is taken in, and the time a hostile one of that size may cost its reader. */
const DIFF_BUDGET = { characters: 64 * 1024 * 1024, milliseconds: 20_000 };

/** The newest patch of a run with its names masked, or null while there is none. */
export async function findShownPatch(scope: Scope, runId: string): Promise<PatchView | null> {
  const patch = await findPatch(scope, runId);
  if (!patch) return null;
  const { files, flags } = await maskValue({ files: patch.files, flags: patch.flags });
  const shown = uniqueNames(files.map(({ path }) => path));
  const names = new Map(patch.files.map(({ path }, at) => [path, shown[at] ?? path]));
  return {
    ...patch,
    files: files.map((file, at) => ({ ...file, path: names.get(patch.files[at]?.path ?? "") ?? file.path })),
    flags: flags.map((flag, at) => {
      const path = patch.flags[at]?.path ?? null;
      return { ...flag, path: path === null ? null : (names.get(path) ?? flag.path) };
    }),
  };
}

/** A part and the digest of its text as it is shown: who asks for it says which text it expects. */
export type DigestedPart = PatchPart & { readonly sha256: string };

export type DigestedFile = Omit<ShownFile, "parts"> & { readonly parts: readonly DigestedPart[] };

export interface ShownDiff {
  readonly text: string;
  /** Changes where the same patch is shown differently: other masks, or taken away. */
  readonly version: string;
  /** In git's order, which is that of the patch's list. */
  readonly files: readonly DigestedFile[];
  /** By an order or by the pilot's retention; the text is empty then. */
  readonly isTakenAway: boolean;
}

export type Cut = Omit<ShownDiff, "isTakenAway">;

/** A diff never changes, and a page that refreshes itself asks for it again and again. */
const searched = new Map<string, Promise<Cut>>();
const KEPT = 4;

const TAKEN_AWAY: ShownDiff = { text: "", version: "taken away", files: [], isTakenAway: true };

export async function readShownDiff(scope: Scope, patch: PatchView): Promise<ShownDiff> {
  const id = patch.diffBlobId;
  const select = { deletedAt: true, sha256: true } as const;
  const blob = await read(scope, (db) => db.blob.findUnique({ where: { id }, select }));
  if (!blob || blob.deletedAt) {
    searched.delete(id);
    return TAKEN_AWAY;
  }
  return { ...(await cutOnce(id, blob.sha256)), isTakenAway: false };
}

function cutOnce(id: string, sha256: string): Promise<Cut> {
  const known = searched.get(id);
  if (known) return known;
  const mine = cutAndMask(id, sha256);
  searched.set(id, mine);
  const [oldest] = searched.keys();
  if (searched.size > KEPT && oldest !== undefined) searched.delete(oldest);
  mine.catch(() => searched.delete(id));
  return mine;
}

const digestOf = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** What is shown is the diff that was recorded with the patch, or nothing. */
const cutAndMask = async (id: string, sha256: string): Promise<Cut> =>
  shownText(await recordedDiff(id, sha256));

/** A diff as it is shown: masked, and cut into parts that are fetched one by one. */
export async function shownText(bytes: Buffer): Promise<Cut> {
  const { text, lines } = await maskDiff(decodeDiff(bytes), DIFF_BUDGET);
  const files = cutPatch(text, lines).map((file) => ({
    ...file,
    parts: file.parts.map((part) => ({ ...part, sha256: digestOf(text.slice(part.start, part.end)) })),
  }));
  const version = digestOf(files.flatMap(({ parts }) => parts.map((part) => part.sha256)).join());
  return { text, version, files };
}

/** Texts to send with a page: the first parts of the files in the order of the page, until `room` characters are full. */
export function firstTexts(
  { text, files }: ShownDiff,
  places: readonly number[],
  room: number,
): Record<string, string> {
  const texts: Record<string, string> = {};
  let left = room;
  for (const place of places) {
    for (const [at, { start, end }] of (files[place]?.parts ?? []).entries()) {
      if (end - start > left) return texts;
      left -= end - start;
      texts[`${place}:${at}`] = text.slice(start, end);
    }
  }
  return texts;
}

export interface AskedPart {
  readonly runId: string;
  readonly patchId: string;
  readonly file: number;
  readonly part: number;
  readonly sha256: string;
}

async function asked(scope: Scope, run: string, patchId: string): Promise<ShownDiff> {
  const { id: runId } = await getRun(scope, run);
  const patch = await findPatchOf(scope, runId, patchId);
  if (!patch) throw notFound("patch");
  const diff = await readShownDiff(scope, patch);
  if (diff.isTakenAway) throw new AppError("expired", "The diff was taken away; reload the page.");
  return diff;
}

const OTHER = "The patch is shown differently by now: reload the page.";

/** The text of one part, if it is still the text that the asking page was told of. */
export async function readShownPart(scope: Scope, order: AskedPart): Promise<string> {
  return partOf(await asked(scope, order.runId, order.patchId), order);
}

/** One part of a shown diff, if its text is the one that was announced. */
export function partOf(diff: Cut, order: Pick<AskedPart, "file" | "part" | "sha256">): string {
  const part = diff.files[order.file]?.parts[order.part];
  if (!part) throw notFound("part of the patch");
  if (part.sha256 !== order.sha256) throw new AppError("conflict", OTHER);
  return diff.text.slice(part.start, part.end);
}

export interface AskedWhole {
  readonly runId: string;
  readonly patchId: string;
  readonly version: string;
}

/** All parts one after the other, for a search over all of them. */
export async function readShownWhole(scope: Scope, order: AskedWhole): Promise<ReadableStream<Uint8Array>> {
  return wholeOf(await asked(scope, order.runId, order.patchId), order.version);
}

/** All parts of a shown diff in git's order, if it is the one that was announced. */
export function wholeOf({ text, files, version }: Cut, announced: string): ReadableStream<Uint8Array> {
  if (version !== announced) throw new AppError("conflict", OTHER);
  const parts = files.flatMap((file) => file.parts).values();
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const { value: part, done } = parts.next();
      if (done || !part) controller.close();
      else controller.enqueue(encoder.encode(text.slice(part.start, part.end)));
    },
  });
}
