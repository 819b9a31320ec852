// Files beside the patch on their way to the control plane, from any driver: one by one, each told. That one is not taken keeps
// neither the others nor the patch from anything.
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { DriverContext } from "./port.ts";

export interface HandedFile {
  /** In the checkout. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** The control plane is there and says no, or knows no artefacts. */
const NOT_TAKEN: readonly ErrorCode[] = ["refused", "too_large", "bad_input", "not_found"];

/** How many the control plane has now. */
export async function handInFiles(
  { workspace, emit, handInArtefact }: Pick<DriverContext, "workspace" | "emit" | "handInArtefact">,
  files: readonly HandedFile[],
): Promise<number> {
  let taken = 0;
  for (const [at, { path: name, bytes }] of files.entries()) {
    const file = path.join(workspace.scratch, `artefact-${at}`);
    await writeFile(file, bytes, { mode: 0o600 });
    try {
      const artefact = await handInArtefact(file, name);
      await emit({ kind: "artefact_handed_in", body: { artefact, path: name, bytes: bytes.length } });
      taken += 1;
    } catch (error) {
      if (!(error instanceof AppError && NOT_TAKEN.includes(error.code))) throw error;
      const text = `The artefact ${visibleText(name, "line")} was not taken: ${visibleText(error.message)}`;
      await emit({ kind: "note", body: { text: text.slice(0, 1000).toWellFormed() } });
    } finally {
      await rm(file, { force: true });
    }
  }
  return taken;
}
