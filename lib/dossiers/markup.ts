// Markup of a page that holds hostile text: whatever is put into a template is escaped, and what would not be seen in
// it is made visible.
import { visibleText } from "../text/rules.ts";

export interface Markup {
  readonly markup: string;
}

type Value = string | number | null | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

function written(value: Value): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escaped(visibleText(value, "line"));
  return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("");
}

/** `${text}` is a line of text, never markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const markup = parts.reduce((all, part, at) => {
    const value = values[at];
    return `${all}${part}${value === undefined ? "" : written(value)}`;
  }, "");
  return { markup };
}

/** Text of many lines, as it stands. */
export const block = (text: string): Markup => ({
  markup: `<pre>${escaped(visibleText(text, "block"))}</pre>`,
});

/** Canonical JSON laid out to be read; other text as it stands. */
export function jsonBlock(text: string): Markup {
  try {
    return block(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return block(text);
  }
}
