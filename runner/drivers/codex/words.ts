// Texts as Codex gives them, read back into what they say.
import type { FileChangeItem } from "./messages.ts";

/** The words of a command line that was put together with a shell's quotes. One whose quotes are open is one word. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: "'" | '"' | null = null;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const escapes = character === "\\" && quote !== "'" && at + 1 < line.length;
    if (escapes && (quote === null || '"\\$`'.includes(line.charAt(at + 1)))) {
      word = (word ?? "") + line.charAt(++at);
    } else if (character === quote) {
      quote = null;
    } else if (quote === null && (character === "'" || character === '"')) {
      quote = character;
      word ??= "";
    } else if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== null) return [line];
  if (word !== null) words.push(word);
  return words;
}

function messageIn(json: string): string | null {
  try {
    const { error } = JSON.parse(json) as { error?: { message?: unknown } };
    return typeof error?.message === "string" && error.message !== "" ? error.message : null;
  } catch {
    return null; // not the answer of an API
  }
}

/** How Codex quotes an answer that is no success. */
const QUOTED = /^unexpected status \d{3}[^:]*: (?<answer>.+), url: \S+$/s;

/** The sentence in an error: the one of the API's answer where Codex quotes that, else what Codex says itself. */
export function sentenceOf(message: string): string {
  const [start, end] = [message.indexOf("{"), message.lastIndexOf("}")];
  const inside = start < 0 ? null : messageIn(message.slice(start, end + 1));
  return inside ?? QUOTED.exec(message)?.groups?.answer ?? message;
}

const changedPath = ({ path, kind }: FileChangeItem["changes"][number], tree: string): string => {
  const local = (name: string) => (name.startsWith(`${tree}/`) ? name.slice(tree.length + 1) : name);
  return kind.move_path ? `${local(path)} → ${local(kind.move_path)}` : local(path);
};

export function patchTitle({ changes }: FileChangeItem, tree: string): string {
  const [first] = changes;
  if (first === undefined) return "Change nothing";
  const more = changes.length - 1;
  return `Change ${changedPath(first, tree)}${more > 0 ? ` and ${more} more` : ""}`;
}

/** As a decision is asked about it, and as it is shown. */
export const patchText = ({ changes }: FileChangeItem, tree: string): string =>
  changes.map((change) => `${change.kind.type} ${changedPath(change, tree)}\n${change.diff}`).join("\n");
