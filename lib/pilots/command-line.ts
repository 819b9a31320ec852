// A command written on one line, split like a POSIX shell splits words: blanks, quotes, backslashes, nothing else.
// No variable, glob, pipe or substitution is understood: what looks like one is an ordinary character.

/** Null when a quote is not closed or the line ends in a lone backslash. */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < line.length) {
    const character = line.charAt(at);
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
      continue;
    }
    const piece = pieceAt(line, at);
    if (piece === null) return null;
    word = (word ?? "") + piece.text;
    at = piece.next;
  }
  return word === null ? words : [...words, word];
}

interface Piece {
  readonly text: string;
  readonly next: number;
}

function pieceAt(line: string, at: number): Piece | null {
  const character = line.charAt(at);
  if (character === "'") return singleQuoted(line, at);
  if (character === '"') return doubleQuoted(line, at);
  if (character !== "\\") return { text: character, next: at + 1 };
  return at + 1 < line.length ? { text: line.charAt(at + 1), next: at + 2 } : null;
}

function singleQuoted(line: string, at: number): Piece | null {
  const end = line.indexOf("'", at + 1);
  return end === -1 ? null : { text: line.slice(at + 1, end), next: end + 1 };
}

/** Inside double quotes a backslash protects `"`, `\`, `$` and the backtick, as in a shell; else it is itself. */
function doubleQuoted(line: string, at: number): Piece | null {
  let text = "";
  for (let next = at + 1; next < line.length; next++) {
    const character = line.charAt(next);
    if (character === '"') return { text, next: next + 1 };
    if (character === "\\" && '"\\$`'.includes(line.charAt(next + 1)) && next + 1 < line.length) {
      next += 1;
      text += line.charAt(next);
    } else {
      text += character;
    }
  }
  return null;
}

/** One line that `splitWords` reads back as these words. */
export function joinWords(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./~*?-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
