// Watches a sequence and says what is wrong with a merge. It shares no code with the rules: it knows only what happened.
import { type Command, HELD, type Name, type Sequence, type Wanted } from "./commands.ts";
import type { Answer } from "./model.ts";

/** What the watched side shows of itself after a command. */
export interface Seen {
  readonly answer: Answer;
  readonly gates: number;
  /** The newest gate was opened on this head. */
  readonly merged: boolean;
}

export function createWitness({ launcher, wanted }: Sequence) {
  const roles = new Set<Name>(Object.keys(HELD) as Name[]);
  const [disabled, steered] = [new Set<Name>(), new Set<Name>()];
  const shown = new Map<Name, number>();
  const isDenied = new Set<number>();
  /** Per gate: who said yes to it, who no, and where the head stood when it opened. */
  const gates: { yes: Set<Name>; no: Set<Name>; head: number }[] = [
    { yes: new Set(), no: new Set(), head: 0 },
  ];
  const charters: Wanted[] = [wanted];
  let [head, isStopped, merges] = [0, false, 0];

  const held = (name: Name) => roles.has(name) && !disabled.has(name);
  function faultOfMerge(nth: number): string | null {
    const gate = gates[nth];
    const [own = wanted, inForce = wanted] = [charters[0], charters.at(-1)];
    const may = (name: Name) => own.approverRoles.some((role) => role === HELD[name]);
    const counted = [...(gate?.yes ?? [])].filter(
      (name) => held(name) && may(name) && name !== launcher && !steered.has(name),
    );
    if ([...(gate?.no ?? [])].some((name) => counted.includes(name))) return "counted who said no";
    if (isDenied.has(nth)) return "merged at a gate that was denied";
    if (merges > 1) return "merged twice";
    if (isStopped) return "merged under a stop";
    if (gate?.head !== head) return "merged on a base that moved";
    const needed = Math.max(own.approverCount, inForce.approverCount);
    return counted.length < needed ? `merged with ${counted.length} of ${needed}` : null;
  }

  return {
    /** Null where all is well. */
    tell(command: Command, seen: Seen): string | null {
      if ("looks" in command && command.looks) shown.set(command.who, gates.length - 1);
      const nth = "who" in command ? (shown.get(command.who) ?? 0) : 0;
      if ((command.do === "approve" || command.do === "deny") && seen.answer !== "refused") {
        const taken = ["open", "approved", "void"].includes(seen.answer);
        if (command.do === "approve" && taken) gates[nth]?.yes.add(command.who);
        if (command.do === "deny" && seen.answer === "open") gates[nth]?.no.add(command.who);
        if (command.do === "deny" && seen.answer === "denied") isDenied.add(nth);
      }
      if (command.do === "look") shown.set(command.who, gates.length - 1);
      if (command.do === "steer") steered.add(command.who);
      if (command.do === "revoke") roles.delete(command.who);
      if (command.do === "grant") roles.add(command.who);
      if (command.do === "disable") disabled.add(command.who);
      if (command.do === "enable") disabled.delete(command.who);
      if (command.do === "amend") charters.push(command.wanted);
      if (command.do === "move_base") head += 1;
      if (command.do === "stop" || command.do === "lift") isStopped = command.do === "stop";
      while (gates.length < seen.gates) gates.push({ yes: new Set(), no: new Set(), head });
      if (!seen.merged) return null;
      merges += 1;
      return faultOfMerge(nth);
    },
    /** Who said yes to a gate and could be counted now. */
    counted: (nth: number): Name[] => [...(gates[nth]?.yes ?? [])].filter(held),
  };
}
