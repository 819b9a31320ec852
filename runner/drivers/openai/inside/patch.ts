// The patch format models know as apply_patch. Parsed whole and tried whole before a file is touched.
export interface Hunk {
  /** Text of a line above the change, to find the place by; empty where there is none. */
  readonly anchor: string;
  readonly lines: readonly { readonly sign: " " | "+" | "-"; readonly text: string }[];
  readonly atEnd: boolean;
}

export type FileEdit =
  | { readonly kind: "add"; readonly path: string; readonly content: string }
  | { readonly kind: "delete"; readonly path: string }
  | {
      readonly kind: "update";
      readonly path: string;
      readonly moveTo: string | null;
      readonly hunks: readonly Hunk[];
    };

export class PatchError extends Error {}

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";
const HEADER = /^\*\*\* (Add|Update|Delete) File: (.+)$/;

/** Relative and below the checkout, and not git's own. */
export function plainPath(path: string): string {
  const parts = path.trim().replace(/^\.\//, "").split("/");
  const isPlain = parts.every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"));
  if (!isPlain || parts[0] === ".git")
    throw new PatchError(`The path ${JSON.stringify(path)} is not below the checkout.`);
  return parts.join("/");
}

export function parsePatch(text: string): FileEdit[] {
  const lines = text.replaceAll("\r\n", "\n").trim().split("\n");
  if (lines[0]?.trim() !== BEGIN || lines.at(-1)?.trim() !== END)
    throw new PatchError(`A patch begins with "${BEGIN}" and ends with "${END}".`);
  const edits: FileEdit[] = [];
  let at = 1;
  const end = lines.length - 1;
  while (at < end) {
    const [, kind, name = ""] = HEADER.exec(lines[at] ?? "") ?? [];
    if (kind === undefined)
      throw new PatchError(
        `Line ${at + 1} should name a file (*** Add, Update or Delete File: path): ${lines[at]}`,
      );
    const path = plainPath(name);
    const next = lines.findIndex((line, index) => index > at && (index === end || HEADER.test(line)));
    edits.push(parseFile(kind, path, lines.slice(at + 1, next)));
    at = next;
  }
  if (edits.length === 0) throw new PatchError("The patch changes no file.");
  const paths = edits.flatMap((edit) =>
    edit.kind === "update" && edit.moveTo !== null ? [edit.path, edit.moveTo] : edit.path,
  );
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined)
    throw new PatchError(`${twice} stands in the patch twice; put its changes together.`);
  return edits;
}

function parseFile(kind: string, path: string, body: readonly string[]): FileEdit {
  if (kind === "Delete") return { kind: "delete", path };
  if (kind === "Add") {
    if (!body.every((line) => line.startsWith("+")))
      throw new PatchError(`Every line of the new file ${path} begins with "+".`);
    return { kind: "add", path, content: body.map((line) => `${line.slice(1)}\n`).join("") };
  }
  const [, moved] = /^\*\*\* Move to: (.+)$/.exec(body[0] ?? "") ?? [];
  const hunks = parseHunks(path, moved === undefined ? body : body.slice(1));
  if (hunks.length === 0 && moved === undefined)
    throw new PatchError(`The update of ${path} changes nothing.`);
  return { kind: "update", path, moveTo: moved === undefined ? null : plainPath(moved), hunks };
}

function parseHunks(path: string, body: readonly string[]): Hunk[] {
  const hunks: { anchor: string; lines: { sign: " " | "+" | "-"; text: string }[]; atEnd: boolean }[] = [];
  for (const line of body) {
    const last = hunks.at(-1);
    if (line.startsWith("@@")) hunks.push({ anchor: line.slice(2).trim(), lines: [], atEnd: false });
    else if (line === "*** End of File" && last) last.atEnd = true;
    else {
      const hunk = last ?? { anchor: "", lines: [], atEnd: false };
      if (!last) hunks.push(hunk);
      const sign = line === "" ? " " : line[0];
      if (sign !== " " && sign !== "+" && sign !== "-")
        throw new PatchError(
          `A line of the change of ${path} begins with neither a space, "+" nor "-": ${line}`,
        );
      hunk.lines.push({ sign, text: line.slice(1) });
    }
  }
  return hunks.filter(({ lines }) => lines.length > 0);
}

/** The text after the hunks. Their context has to be found, in order; blanks at line ends are forgiven. */
export function applyHunks(path: string, text: string, hunks: readonly Hunk[]): string {
  const isEnded = text === "" || text.endsWith("\n");
  const lines = (isEnded ? text.slice(0, -1) : text).split("\n");
  if (text === "") lines.length = 0;
  let from = 0;
  for (const { anchor, lines: change, atEnd } of hunks) {
    if (anchor !== "") {
      const found = lines.findIndex((line, index) => index >= from && line.trim() === anchor);
      if (found !== -1) from = found;
    }
    const old = change.filter(({ sign }) => sign !== "+").map((line) => line.text);
    const place = old.length === 0 ? lines.length : findLines(lines, old, from, atEnd);
    if (place === -1)
      throw new PatchError(
        `These lines are not in ${path}${from > 0 ? ` after line ${from}` : ""}:\n${old.join("\n")}`,
      );
    const kept = lines.slice(place, place + old.length);
    const fresh: string[] = [];
    let taken = 0;
    for (const { sign, text: line } of change) {
      if (sign === "+") fresh.push(line);
      // What stays is taken from the file, with the blanks it has there.
      else if (sign === " ") fresh.push(kept[taken++] ?? line);
      else taken++;
    }
    lines.splice(place, old.length, ...fresh);
    from = place + fresh.length;
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}${isEnded ? "\n" : ""}`;
}

function findLines(
  lines: readonly string[],
  wanted: readonly string[],
  from: number,
  atEnd: boolean,
): number {
  const forgiving = [(line: string) => line, (line: string) => line.trimEnd(), (line: string) => line.trim()];
  for (const normal of forgiving) {
    const old = wanted.map(normal);
    const fits = (place: number) => old.every((line, index) => normal(lines[place + index] ?? "\0") === line);
    const last = lines.length - old.length;
    if (atEnd && last >= from && fits(last)) return last;
    for (let place = from; place <= last; place++) if (fits(place)) return place;
  }
  return -1;
}
