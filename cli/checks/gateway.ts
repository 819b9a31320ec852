// The gateway that models are called through: its port, and the file of the key that providers' keys are sealed to.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { isPortFree } from "#lib/postgres/port.ts";
import { KEY_FILE } from "#lib/sealing/key-pair.ts";
import { type Finding, failed, fine } from "./finding.ts";

const NAME = "Gateway";
const OTHERS = 0o077;

async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** `own`: the port is ours, because we are running. */
export async function checkGateway(folder: string, port: number, own: boolean): Promise<Finding> {
  if (!own && !(await isPortFree(port))) {
    return failed(
      NAME,
      `Port ${port}, where models would be called, is taken by another program: set PILOTHOUSE_GATEWAY_PORT.`,
    );
  }
  const where = own ? `It answers on port ${port}` : `Port ${port} is free for it`;
  try {
    const mode = await modeOf(join(folder, KEY_FILE));
    if (mode === null) return fine(NAME, `${where}; its key is made when it starts for the first time.`);
    if ((mode & OTHERS) === 0) return fine(NAME, `${where}; its key is for its eyes alone.`);
    return failed(
      NAME,
      `Others may read ${join(folder, KEY_FILE)}: chmod 600, and set every provider's key anew.`,
    );
  } catch (error) {
    return failed(NAME, `The gateway's key cannot be looked at: ${messageOf(error)}`);
  }
}
