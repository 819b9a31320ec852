// Arguments of tools are JSON that stands in a string. Providers read it, so what was JSON stays JSON when a part is masked.
import { labelOf, masked, type Place } from "#lib/secrets/rules.ts";
import { OWN_PATTERN } from "./own-patterns.ts";

const label = (rule: string) => (rule === OWN_PATTERN ? `[masked: ${rule}]` : labelOf(rule));

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // it is none
  }
}

/** A value of its own, as far as the characters beside it say; in a string it could look alike. */
const isNumber = (text: string, { start, end }: Place): boolean =>
  /^-?[0-9][0-9.eE+-]*$/.test(text.slice(start, end)) &&
  /(?:^|[[:,\s])$/.test(text.slice(Math.max(0, start - 1), start)) &&
  /^(?:$|[\]},\s])/.test(text.slice(end, end + 1));

/** Labels of numbers are strings; where that does not do, one label stands for all of the text. */
function maskedJson(text: string, places: readonly Place[]): string {
  const quoted = places.map((place) => ({
    ...place,
    rule: isNumber(text, place) ? JSON.stringify(label(place.rule)) : label(place.rule),
  }));
  const shown = masked(text, quoted, (rule) => rule);
  return isJson(shown) ? shown : JSON.stringify({ masked: label(places[0]?.rule ?? "") });
}

/** `places` are in order and do not overlap. */
export function maskText(text: string, places: readonly Place[]): string {
  const shown = masked(text, places, label);
  return isJson(shown) || !isJson(text) ? shown : maskedJson(text, places);
}
