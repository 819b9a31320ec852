// What may be handed in, what ends one, who decides, and how long it stays. Pure.
import { createHash } from "node:crypto";
import { DAY } from "../clock.ts";
import { ownRuleOf, ruledBy } from "../gates/own-rules.ts";
import type { GateRule } from "../gates/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { type ArtefactPlan, MOST_ARTEFACT_BYTES } from "../protocol/artefacts.ts";
import type { ArtefactFinding, ArtefactRule, ArtefactState } from "./schema.ts";

const MB = 1024 * 1024;

/** Null where the charter lets a run hand nothing in. */
export function artefactPlanOf({ environment }: Charter): ArtefactPlan | null {
  const { artefactPaths, artefactCount, artefactMb } = environment;
  if (artefactPaths.length === 0) return null;
  return {
    paths: [...artefactPaths],
    count: artefactCount,
    bytes: Math.min(artefactMb * MB, MOST_ARTEFACT_BYTES),
  };
}

/** What ends one by itself. The others are for a person to weigh. */
const REFUSING: readonly ArtefactRule[] = [
  "secret",
  "archive_path",
  "archive_link",
  "archive_special",
  "archive_ratio",
  "archive_entries",
  "archive_nested",
  "archive_unreadable",
];

export const isRefusing = ({ rule }: Pick<ArtefactFinding, "rule">): boolean => REFUSING.includes(rule);

export const stateAfterScan = (findings: readonly ArtefactFinding[]): "scanned" | "refused" =>
  findings.some(isRefusing) ? "refused" : "scanned";

/** Why one cannot be promoted now; null where it can. */
export function whyNotPromotable(state: ArtefactState): string | null {
  switch (state) {
    case "scanned":
      return null;
    case "quarantined":
      return "It was not scanned yet.";
    case "refused":
      return "It was refused; that stays so.";
    case "promoted":
      return "It was promoted already.";
    case "deleted":
      return "It was deleted.";
  }
}

/**
 * By the charter's own rule for this gate; without one a single person of those who may approve a merge. Never who asked, launched or
 * steered the run.
 */
export const promotionRule = (charter: Charter, barred: readonly string[]): GateRule =>
  ruledBy(ownRuleOf(charter, "artefact"), {
    needed: 1,
    roles: charter.controls.approverRoles,
    barred: [...new Set(barred)],
  });

/** What nobody promoted until then is deleted. */
export const deletedBefore = ({ environment }: Charter, now: number): number =>
  now - environment.artefactDays * DAY;

/** A name committed to with its bytes' salt: a path may be a text of the agent's. */
export const nameCommitment = (salt: Uint8Array, path: string): string =>
  createHash("sha256").update(salt).update(path, "utf8").digest("hex");

/** As a file is called where it is downloaded: its last part, plain; what is still in quarantine says so. */
export function downloadName(path: string, isPromoted: boolean): string {
  const plain = (path.split("/").at(-1) ?? "").replaceAll(/[^A-Za-z0-9._-]/g, "_").replace(/^[.-]+/, "");
  const name = plain.slice(-100) || "artefact";
  return isPromoted ? name : `${name}.quarantined`;
}

/** How long until a scan that failed is tried again; milliseconds. */
export const retryAfter = (tries: number): number => Math.min(DAY / 24, 5000 * 2 ** Math.max(0, tries - 1));
