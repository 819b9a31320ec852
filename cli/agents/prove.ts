// The first time the program runs, and already inside a sandbox without network: it is never run outside of one.
import type { ProgramPin } from "#lib/agent-programs/pins.ts";
import { messageOf, refused } from "#lib/errors.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { type RunResult, run } from "#lib/jail/run.ts";
import type { Limits } from "#lib/jail/schema.ts";

const MiB = 1024 * 1024;
const LIMITS: Limits = {
  memoryBytes: 1024 * MiB,
  processes: 128,
  cpus: 2,
  diskBytes: 64 * MiB,
  seconds: 60,
  outputBytes: 16 * MiB,
};
const INSIDE = "/opt/program";

interface Proof {
  readonly sandbox: Sandbox;
  readonly pin: ProgramPin;
  /** Host folder of the package. */
  readonly files: string;
  /** Path of the program in it. */
  readonly binary: string;
}

const endOf = ({ stdout, stderr }: RunResult): string =>
  Buffer.concat([stdout, stderr]).toString("utf8").trim().slice(-1000) || "nothing";

async function ask({ sandbox, pin, files, binary }: Proof, args: readonly string[]): Promise<string> {
  // It keeps files of its own; a place below /tmp it refuses.
  const script = 'mkdir "$CODEX_HOME" && exec "$@"';
  const result = await run(sandbox, {
    command: ["sh", "-c", script, "program", `${INSIDE}/${binary}`, ...args],
    env: { CODEX_HOME: "/work/home" },
    readOnly: { [files]: INSIDE },
    limits: LIMITS,
  });
  if (result.exit.code !== 0)
    throw refused(`${pin.program} ${args.join(" ")} does not work on this host. It said: ${endOf(result)}`);
  return result.stdout.toString("utf8");
}

/** The models it knows, as JSON text of its own, or null. Throws a sentence where it is not the program it should be. */
export async function proveProgram(proof: Proof): Promise<string | null> {
  const { program, version, says, catalog } = proof.pin;
  const said = (await ask(proof, ["--version"])).trim();
  if (!said.split(/\s+/).includes(says))
    throw refused(`The program says "${said.slice(0, 200)}" where ${program} ${version} was expected.`);
  if (catalog === null) return null;
  const models = await ask(proof, catalog);
  try {
    JSON.parse(models);
  } catch (error) {
    throw refused(`The models that ${program} lists are not readable: ${messageOf(error)}`);
  }
  return models;
}
