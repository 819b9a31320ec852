import { PROGRAMS, type ProgramPin } from "#lib/agent-programs/pins.ts";
import { badInput } from "#lib/errors.ts";

export interface AgentsAct {
  readonly kind: "add";
  readonly pin: ProgramPin;
}

/** The words after `agents`. */
export function parseAgentsAct(words: readonly string[]): AgentsAct {
  const [act, name, ...more] = words;
  const names = PROGRAMS.map(({ program }) => program).join(", ");
  if (act !== "add" || more.length > 0)
    throw badInput(`agents takes: add NAME, where NAME is one of ${names}.`);
  const pin = PROGRAMS.find(({ program }) => program === name);
  if (!pin) throw badInput(`There is no agent program "${name ?? ""}" to add; there is ${names}.`);
  return { kind: "add", pin };
}
