import { findAgentProgram, isIntact } from "#lib/agent-programs/find.ts";
import { PROGRAMS, type ProgramPin } from "#lib/agent-programs/pins.ts";
import { shownBytes } from "#lib/disk/rules.ts";
import { type Finding, failed, fine } from "./finding.ts";

async function checkProgram(agents: string, pin: ProgramPin): Promise<Finding> {
  const name = `Agent ${pin.program}`;
  const add = `npm run agents:add ${pin.program}`;
  const search = await findAgentProgram(agents, pin);
  if (search.state === "absent")
    return fine(name, `${pin.program} ${pin.version} is not installed; agents that use it need \`${add}\`.`);
  if (search.state === "damaged") return failed(name, `${search.sentence} Run \`${add}\`.`);
  const { program } = search;
  if (!(await isIntact(program)))
    return failed(name, `${program.binary} is not the program that was added: run \`${add}\`.`);
  const room = shownBytes(program.installed.bytes);
  return fine(
    name,
    `${pin.program} ${pin.version} is installed (${room}, ${pin.licence}) in ${program.folder}.`,
  );
}

/** Programs of others that agents run, each optional. */
export const checkAgents = (agents: string, pins: readonly ProgramPin[] = PROGRAMS): Promise<Finding[]> =>
  Promise.all(pins.map((pin) => checkProgram(agents, pin)));
