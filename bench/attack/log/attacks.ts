// What is tried. Each attack changes rows or files and leaves the product to export them, or makes a bundle itself as
// a web process in the attacker's hands would.
import type { Tried } from "./attempt.ts";
import { databaseAttacks } from "./database-attacks.ts";
import { diskAttacks } from "./disk-attacks.ts";
import { fileAttacks } from "./file-attacks.ts";
import { forgeries, witnessOnly } from "./forgeries.ts";

/** All of them must be found. */
export const ATTACKS: readonly Tried[] = [...databaseAttacks, ...diskAttacks, ...fileAttacks, ...forgeries];

/** None of them can be, by anybody who has only the log's own word. */
export const BEYOND: readonly Tried[] = witnessOnly;
