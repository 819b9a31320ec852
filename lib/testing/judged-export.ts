// An export as an auditor asks for it, and what the verifier says of it.

import type { Clock } from "../clock.ts";
import { openExport, startExport } from "../log/export.ts";
import type { Reader } from "../log-access/schema.ts";
import { linesOf, verified } from "./merged-run.ts";
import { person, testScope } from "./scopes.ts";

/** Of a blob, what tests look at. */
export interface BlobLine {
  readonly type: string;
  readonly name: string;
  readonly last?: boolean;
  readonly elsewhere?: boolean;
  readonly redacted?: boolean;
  readonly base64?: string;
}

export interface Exported {
  readonly lines: string[];
  readonly blobs: BlobLine[];
}

export function exportsBy(clock: Clock) {
  const auditor = testScope({ roles: ["auditor"], actor: person("per_auditor"), clock });
  const reader: Reader = { kind: "person", personId: "per_auditor" };
  return async (withBlobs = true): Promise<Exported> => {
    const { id } = await startExport(auditor, reader, { withBlobs });
    const lines = await linesOf(await openExport(auditor, reader, id, 0));
    const blobs = lines.map((line) => JSON.parse(line) as BlobLine).filter(({ type }) => type === "blob");
    return { lines, blobs };
  };
}

/** Exit code, what was unreadable, and what fails. `log`: the folder of the log it is held against. */
export async function judgedExport(lines: readonly string[], log: string) {
  const { code, unreadable, findings } = await verified(lines, log);
  const failing = findings.filter((finding) => finding.outcome === "fails");
  return [code, unreadable, failing.map(({ says }) => says)];
}

/** The bytes of all blobs of this name, as text. */
export const textOf = (blobs: readonly BlobLine[], name: string): string =>
  Buffer.concat(
    blobs.filter((line) => line.name === name).map(({ base64 = "" }) => Buffer.from(base64, "base64")),
  ).toString();
