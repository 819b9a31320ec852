// The decision as a pure machine: the rules that the services ask, in the order they ask them in, without a database.
import { HOUR } from "../../clock.ts";
import {
  countingApprovals,
  countingDenials,
  decidingRole,
  type GateFacts,
  isDenied,
  isSatisfied,
  refusalToApprove,
  refusalToDeny,
} from "../../gates/rules.ts";
import { mergeRule } from "../../merges/rules.ts";
import { defaultCharter } from "../../pilots/defaults.ts";
import type { Charter } from "../../pilots/schema.ts";
import { type Command, controlsOf, HELD, type Name, PEOPLE, type Sequence, type Wanted } from "./commands.ts";

export const APPROVAL_HOURS = 1;

export interface ModelApproval {
  readonly personId: Name;
  readonly role: string;
  readonly decision: "approve" | "deny";
}

export interface ModelGate {
  readonly facts: Omit<GateFacts, "approvedBy">;
  readonly approvals: readonly ModelApproval[];
  readonly base: number;
  /** Number of the charter that was in force. */
  readonly inForce: number;
}

export interface World {
  readonly run: "in_review" | "queued" | "merging" | "rejected";
  readonly base: number;
  readonly head: number;
  readonly gates: readonly ModelGate[];
  readonly launcher: Name;
  readonly steerers: readonly Name[];
  /** Who holds their role, and who is let in. */
  readonly holding: readonly Name[];
  readonly disabled: readonly Name[];
  readonly own: Wanted;
  /** The first is the run's own. */
  readonly charters: readonly Wanted[];
  readonly isStopped: boolean;
  readonly now: number;
  /** The gate each person has on their screen. */
  readonly shown: Readonly<Partial<Record<Name, number>>>;
}

export type Answer =
  | "open"
  | "approved"
  | "void"
  | "denied"
  | "refused"
  | "conflict"
  | "not_found"
  | "done"
  /** There was nothing it could be about. */
  | "nothing";

const charterOf = (wanted: Wanted): Charter => {
  const charter = defaultCharter("rep_1", "main", "2099-01-01");
  return { ...charter, controls: { ...charter.controls, ...controlsOf(wanted, APPROVAL_HOURS) } };
};

function opened(world: World): World {
  const inForce = world.charters.length - 1;
  const rule = mergeRule(
    charterOf(world.own),
    [],
    [world.launcher, ...world.steerers],
    false,
    charterOf(world.charters[inForce] ?? world.own),
  );
  const facts = {
    ...{ status: "open", digest: String(world.gates.length), pilotId: "pil_1", rule },
    expiresAt: world.now + APPROVAL_HOURS * HOUR,
  };
  return { ...world, gates: [...world.gates, { facts, approvals: [], base: world.base, inForce }] };
}

export function begin({ launcher, wanted }: Sequence): World {
  return opened({
    ...{ run: "in_review", base: 0, head: 0, gates: [], launcher, steerers: [], holding: PEOPLE },
    ...{ disabled: [], own: wanted, charters: [wanted], isStopped: false, now: 0, shown: {} },
  });
}

const grantsOf = ({ holding, disabled }: World, name: string) => {
  const who = PEOPLE.find((one) => one === name);
  return who && holding.includes(who) && !disabled.includes(who) ? [{ role: HELD[who], pilotId: null }] : [];
};

const withGate = (world: World, nth: number, gate: ModelGate): World => ({
  ...world,
  gates: world.gates.with(nth, gate),
});

const closed = (world: World, nth: number, status: string): World => {
  const gate = world.gates[nth];
  return gate ? withGate(world, nth, { ...gate, facts: { ...gate.facts, status } }) : world;
};

const openOf = (world: World): number => world.gates.findIndex(({ facts }) => facts.status === "open");

const sentBack = (world: World): World => ({
  ...closed(world, openOf(world), "void"),
  run: "queued",
  base: world.head,
});

export type Step = readonly [World, Answer];

function decide(world: World, who: Name, decision: "approve" | "deny"): Step {
  const nth = world.shown[who] ?? 0;
  const gate = world.gates[nth];
  const grants = grantsOf(world, who);
  if (!gate || grants.length === 0) return [world, "not_found"];
  const { rule } = gate.facts;
  const facts: GateFacts = {
    ...gate.facts,
    rule: { ...rule, barred: [...rule.barred, ...(gate.facts.status === "open" ? world.steerers : [])] },
    approvedBy: gate.approvals.filter((one) => one.decision === "approve").map(({ personId }) => personId),
    deniedBy: gate.approvals.filter((one) => one.decision === "deny").map(({ personId }) => personId),
  };
  const person = { personId: who, grants };
  const refusal = (decision === "approve" ? refusalToApprove : refusalToDeny)(facts, person, world.now);
  const role = decidingRole(facts, person);
  if (refusal !== null || role === null) return [world, "refused"];
  const approvals = [...gate.approvals, { personId: who, role, decision }];
  const signed = withGate(world, nth, { ...gate, approvals });
  if (decision === "deny") {
    const denials = countingDenials(facts, approvals, (personId) => grantsOf(signed, personId));
    if (!isDenied(rule, denials)) return [signed, "open"];
    return [{ ...closed(signed, nth, "denied"), run: "rejected" }, "denied"];
  }
  const counting = countingApprovals(facts, approvals, (personId) => grantsOf(signed, personId));
  if (!isSatisfied(rule, counting)) return [signed, "open"];
  if (world.isStopped) return [world, "refused"];
  if (world.head !== gate.base) return [sentBack(signed), "void"];
  if (gate.inForce !== world.charters.length - 1) return [opened(closed(signed, nth, "void")), "void"];
  return [{ ...closed(signed, nth, "approved"), run: "merging" }, "approved"];
}

const looked = (world: World, who: Name): World => ({
  ...world,
  shown: { ...world.shown, [who]: world.gates.length - 1 },
});

const without = (names: readonly Name[], who: Name): Name[] => names.filter((name) => name !== who);

export function step(world: World, command: Command): Step {
  switch (command.do) {
    case "look":
      return [looked(world, command.who), "done"];
    case "approve":
    case "deny":
      return decide(command.looks ? looked(world, command.who) : world, command.who, command.do);
    case "steer":
      return [{ ...world, steerers: [...without(world.steerers, command.who), command.who] }, "done"];
    case "revoke":
      return [{ ...world, holding: without(world.holding, command.who) }, "done"];
    case "grant":
      return [{ ...world, holding: [...without(world.holding, command.who), command.who] }, "done"];
    case "disable":
      return [{ ...world, disabled: [...without(world.disabled, command.who), command.who] }, "done"];
    case "enable":
      return [{ ...world, disabled: without(world.disabled, command.who) }, "done"];
    case "amend": {
      const amended = { ...world, charters: [...world.charters, command.wanted] };
      const nth = openOf(world);
      return [command.told && nth >= 0 ? opened(closed(amended, nth, "void")) : amended, "done"];
    }
    case "move_base": {
      const moved = { ...world, head: world.head + 1 };
      return [command.told && world.run === "in_review" ? sentBack(moved) : moved, "done"];
    }
    case "rework":
      if (world.run !== "queued") return [world, "nothing"];
      return [opened({ ...world, run: "in_review", base: world.head }), "done"];
    case "stop":
    case "lift":
      return [{ ...world, isStopped: command.do === "stop" }, "done"];
    case "expire": {
      const later = { ...world, now: world.now + APPROVAL_HOURS * HOUR };
      const nth = openOf(world);
      return [nth >= 0 ? { ...closed(later, nth, "expired"), run: "rejected" } : later, "done"];
    }
  }
}
