import type { Random } from "../random.ts";
import type { World } from "./world.ts";

/** What is left of an attack for those who may find it. */
export interface Attack {
  /** What the attacker hands out; left out: what the product exports. */
  readonly bundle?: readonly string[];
  /** Left out: the log's key alone. */
  readonly policy?: string;
  /** Left out: the checkpoint the auditor holds. */
  readonly old?: readonly string[];
  /** Id of an entry whose proof the product is asked for. */
  readonly proves?: string;
  /** The notary goes on afterwards, and may notice. */
  readonly numbersAgain?: boolean;
}

export interface Tried {
  readonly name: string;
  /** Rows and files are to be put back. */
  readonly isDirty: boolean;
  run(world: World, random: Random): Promise<Attack>;
}
