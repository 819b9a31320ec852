import { maskValue } from "../../secrets/mask-value.ts";
import { visibleText } from "../../text/rules.ts";

const LONGEST_NAME = 120;

/** One line of somebody's own words: nothing hidden in it, secrets of known forms masked, and short. */
export async function cleaned(text: string): Promise<string> {
  const line = visibleText(await maskValue(text), "line");
  const characters = [...line];
  return characters.length <= LONGEST_NAME ? line : `${characters.slice(0, LONGEST_NAME - 1).join("")}…`;
}
