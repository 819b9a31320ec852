// Reads the few shell lines whose meaning is plain: words, quotes without anything the shell would put in, and `;`,
// `&&`, `||`, `|` and line breaks between commands. Everything else is null. What is not read is asked about.
// Grammar: POSIX.1-2024, Shell Command Language, 2.2 to 2.10.

/** Unquoted characters that stand for themselves in every shell. */
const PLAIN = /[A-Za-z0-9_./,:=@%+^-]/;
/** A word may hold these after a character that no expansion can change: what it matches then begins with that one. */
const GLOB = /[*?]/;
const BLANK = /[ \t]/;
const CONTROL = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/u;

/** Words that begin something else than a command. */
const RESERVED = new Set([
  ...["if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in"],
  ...["function", "select", "time", "coproc", "[["],
]);

/** Where nothing is lost or written: only these redirects are read, as whole words. */
const HARMLESS = /^(?:2>&1|[12]?>[ ]?\/dev\/null)(?=[ \t\n;|]|&&|$)/;
const SEPARATOR = /^(?:&&|\|\||\||;|\n)/;

/** The simple commands of a line, each as its words; null where anything of it is not plain. */
export function commandsOf(line: string): string[][] | null {
  const commands: string[][] = [];
  let words: string[] = [];
  let at = 0;
  let mayBeEmpty = true;
  while (at < line.length) {
    const rest = line.slice(at);
    if (BLANK.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    const redirect = HARMLESS.exec(rest)?.[0];
    if (redirect !== undefined && words.length > 0) {
      at += redirect.length;
      continue;
    }
    const separator = SEPARATOR.exec(rest)?.[0];
    if (separator !== undefined) {
      if (rest.startsWith("|&") || rest.startsWith(";;")) return null;
      if (words.length === 0 && !(separator === "\n" && mayBeEmpty)) return null;
      if (words.length > 0) commands.push(words);
      words = [];
      mayBeEmpty = separator === "\n";
      at += separator.length;
      continue;
    }
    const word = wordAt(line, at);
    if (word === null) return null;
    words.push(word.text);
    mayBeEmpty = true;
    at = word.end;
  }
  if (words.length > 0) commands.push(words);
  else if (!mayBeEmpty) return null;
  if (commands.length === 0 || commands.some(([name = ""]) => RESERVED.has(name))) return null;
  return commands;
}

interface Word {
  readonly text: string;
  readonly end: number;
}

function wordAt(line: string, start: number): Word | null {
  let text = "";
  let at = start;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === "'" || char === '"') {
      const quoted = char === "'" ? singleQuoted(line, at) : doubleQuoted(line, at);
      if (quoted === null) return null;
      text += quoted.text;
      at = quoted.end;
    } else if (PLAIN.test(char)) {
      text += char;
      at += 1;
    } else if (GLOB.test(char)) {
      // A file's name may begin with “-” and be taken for an option.
      if (text === "" || text.startsWith("-")) return null;
      text += char;
      at += 1;
    } else if (ends(line, at)) break;
    else return null;
  }
  return { text, end: at };
}

/** A blank, a line break or a separator; a redirect that is part of a word is none. */
const ends = (line: string, at: number): boolean =>
  BLANK.test(line.charAt(at)) || SEPARATOR.test(line.slice(at));

function singleQuoted(line: string, start: number): Word | null {
  const end = line.indexOf("'", start + 1);
  if (end === -1) return null;
  const text = line.slice(start + 1, end);
  return CONTROL.test(text) ? null : { text, end: end + 1 };
}

/** Nothing in it may be expanded; a backslash stays where it means itself. */
function doubleQuoted(line: string, start: number): Word | null {
  let text = "";
  for (let at = start + 1; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    const isPlainBackslash = char === "\\" && !/[$`"\\\n!]|^$/.test(line.charAt(at + 1));
    if (char === "$" || char === "`" || char === "!" || CONTROL.test(char)) return null;
    if (char === "\\" && !isPlainBackslash) return null;
    text += char;
  }
  return null;
}
