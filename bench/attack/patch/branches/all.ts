// Every hostile branch, in the order of the threat model as far as it goes.
import type { Attempt } from "../attempt.ts";
import { BOMBS } from "./bombs.ts";
import { EVIDENCE } from "./evidence.ts";
import { HISTORY } from "./history.ts";
import { RULES } from "./rules.ts";
import { SETTINGS } from "./settings.ts";
import { TEXTS } from "./texts.ts";
import { TREES } from "./trees.ts";

export const ATTEMPTS: readonly Attempt[] = [
  ...SETTINGS,
  ...TREES,
  ...BOMBS,
  ...HISTORY,
  ...TEXTS,
  ...RULES,
  ...EVIDENCE,
].toSorted((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0));
