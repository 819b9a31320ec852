// Looks into what lies in quarantine: what it is and what is in it, in the sandbox; secrets in what is text, here. Whatever goes
// wrong, it stays in quarantine.
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { listUnscanned, recordFailedScan, recordScan, type Unscanned } from "#lib/artefacts/scan.ts";
import { type ArtefactFinding, ScanAnswer } from "#lib/artefacts/schema.ts";
import { blobStore } from "#lib/blobs/service.ts";
import { messageOf } from "#lib/errors.ts";
import { reachableFolder } from "#lib/jail/bubblewrap/files.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { run } from "#lib/jail/run.ts";
import type { Limits } from "#lib/jail/schema.ts";
import type { Scope } from "#lib/scope.ts";
import { NOT_SEARCHED } from "#lib/secrets/rules.ts";
import { type Budget, findSecrets } from "#lib/secrets/service.ts";
import type { Workplace } from "../workplace.ts";

const MiB = 1024 * 1024;

export const SCAN_LIMITS: Limits = {
  memoryBytes: 2048 * MiB,
  processes: 32,
  cpus: 1,
  diskBytes: 16 * MiB,
  seconds: 60,
  outputBytes: MiB,
};

/** Of one text. What it does not reach is said, and weighed by whoever promotes. */
const SECRETS_BUDGET: Budget = { characters: 16 * MiB, milliseconds: 20_000 };

interface ScanOrder {
  readonly sandbox: Sandbox;
  /** Host folder that the sandbox's user may enter. */
  readonly stateFolder: string;
  readonly limits?: Partial<Limits>;
}

/** Throws where nothing can be said of the bytes. */
export async function scanBytes(
  { sandbox, stateFolder, limits }: ScanOrder,
  bytes: Buffer,
): Promise<{ readonly media: string; readonly findings: readonly ArtefactFinding[] }> {
  const host = join(dirname(import.meta.filename), "inside");
  const own = await reachableFolder({ stateFolder, uid: sandbox.uid, host, name: "artefacts" });
  const { exit, stdout, dropped } = await run(
    sandbox,
    {
      command: ["node", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "/artefacts/inside/main.ts"],
      cwd: "/artefacts",
      readOnly: { [own]: "/artefacts/inside" },
      limits: { ...SCAN_LIMITS, ...limits },
    },
    { stdin: bytes },
  );
  if (exit.ended !== "itself" || exit.code !== 0 || dropped.stdout > 0)
    throw new Error(`Looking into it ended by ${exit.ended}, exit ${exit.code ?? "none"}.`);
  const answer = ScanAnswer.parse(JSON.parse(stdout.toString("utf8")));
  const secrets = answer.isText ? await secretsIn(bytes) : [];
  return { media: answer.media, findings: [...secrets, ...answer.findings] };
}

async function secretsIn(bytes: Buffer, where?: string): Promise<ArtefactFinding[]> {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = !isWide ? "utf-8" : bytes[0] === 0xff ? "utf-16le" : "utf-16be";
  const text = new TextDecoder(encoding).decode(bytes);
  const places = await findSecrets(text, SECRETS_BUDGET);
  const found = Map.groupBy(places, ({ rule }) => rule);
  return [...found].map(([rule, all]) =>
    rule === NOT_SEARCHED
      ? { rule: "contents_unsearched", detail: "It is too long to be searched whole." }
      : {
          rule: "secret",
          detail: `${rule}, ${all.length} times, ${where ?? firstIn(text, all[0])}`.slice(0, 300),
        },
  );
}

const firstIn = (text: string, place?: { readonly start: number }): string =>
  `first in line ${text.slice(0, place?.start ?? 0).split("\n").length}`;

/** By the clock. One that cannot be looked into keeps no other waiting. */
export async function scanArtefacts(
  { workshop, logger }: Pick<Workplace, "workshop" | "logger">,
  scope: Scope,
): Promise<number> {
  const due = await listUnscanned(scope);
  const order = { sandbox: workshop.sandbox, stateFolder: workshop.scratch };
  for (const artefact of due) {
    try {
      const { media, findings } = await scanBytes(order, await bytesOf(artefact));
      const named = await secretsIn(Buffer.from(artefact.path), "in its name");
      await recordScan(scope, artefact, { media, findings: [...named, ...findings] });
    } catch (err) {
      logger.warn(
        { err, artefactId: artefact.id },
        "an artefact could not be looked into; it stays in quarantine",
      );
      await recordFailedScan(scope, artefact, messageOf(err));
    }
  }
  return due.length;
}

/** Exactly what was handed in. */
async function bytesOf({ blobId, sha256 }: Unscanned): Promise<Buffer> {
  const bytes = await blobStore().read(blobId);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256)
    throw new Error("The stored bytes are not those that were handed in.");
  return bytes;
}
