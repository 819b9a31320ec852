// Attack after attack on the same log, put back each time; and the account of who found what.
import type { Random } from "../random.ts";
import type { Tried } from "./attempt.ts";
import { type Finder, judge } from "./judge.ts";
import { disarm } from "./vault.ts";
import type { World } from "./world.ts";

export interface Plan {
  readonly attacks: readonly Tried[];
  /** What only a witness can find. */
  readonly beyond: readonly Tried[];
  readonly count: number;
  isOver(): boolean;
}

export interface Result {
  readonly tried: number;
  /** Names of attacks that nobody found. */
  readonly escapes: readonly string[];
  /** Names of what nobody found and nobody can without a witness. */
  readonly unfound: readonly string[];
  readonly lines: readonly string[];
}

const WORDS: Readonly<Record<Finder, string>> = {
  export: "found by the product: the export or the proof refuses to be made",
  verifier: "found by the verifier outside, with the policy and one older checkpoint",
  notary: "found by the notary, which signs no more",
};

const counted = (count: number, what: string, width = 5) => `${String(count).padStart(width)}  ${what}`;

export async function runAttacks(world: World, random: Random, plan: Plan): Promise<Result> {
  const found: Record<Finder, Map<string, number>> = {
    export: new Map(),
    verifier: new Map(),
    notary: new Map(),
  };
  const escapes: string[] = [];
  const unfound: string[] = [];
  let tried = 0;
  await disarm(world.database);
  const honest = await judge(world, { bundle: world.lines });
  if (honest.by !== null) throw new Error(`The untouched log is not accepted: ${honest.says}`);

  async function verdictOf(attack: Tried) {
    try {
      return await judge(world, await attack.run(world, random));
    } finally {
      if (attack.isDirty) await world.now.restore();
    }
  }

  for (; tried < plan.count && !plan.isOver(); tried++) {
    const attack = plan.attacks[tried] ?? random.pick(plan.attacks); // each once at least
    const { by } = await verdictOf(attack);
    if (by === null) escapes.push(attack.name);
    else found[by].set(attack.name, (found[by].get(attack.name) ?? 0) + 1);
  }
  for (const attack of plan.beyond) {
    const { by } = await verdictOf(attack);
    if (by === null) unfound.push(attack.name);
    else found[by].set(attack.name, (found[by].get(attack.name) ?? 0) + 1);
  }

  const lines = [
    counted(tried, "attacks tried"),
    ...(Object.keys(WORDS) as Finder[]).flatMap((finder) => {
      const byName = [...found[finder]].sort((a, b) => b[1] - a[1]);
      const sum = byName.reduce((total, [, count]) => total + count, 0);
      return [counted(sum, WORDS[finder]), ...byName.map(([name, count]) => counted(count, name, 12))];
    }),
    counted(escapes.length, "escapes"),
    ...escapes.map((name) => `       ${name}`),
    counted(unfound.length, "not found without a witness, tried and counted apart"),
    ...unfound.map((name) => `       ${name}`),
  ];
  return { tried, escapes, unfound, lines };
}
