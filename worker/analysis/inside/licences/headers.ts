// Lines by which a file says whose work it is. One that a patch adds may have come with somebody else's file.
import type { LicenceHeader } from "#lib/licences/schema.ts";
import type { ChangedContent, Side } from "../request.ts";
import { cut } from "../tests/sightings.ts";

const SPDX = /SPDX-License-Identifier:\s*(.{1,200})/;
const COPYRIGHT = /(?:©|\(c\)|copyright)\s+(?:\(c\)\s*)?(?:\d{4}|by\s)/i;
const LICENCE_FILE =
  /(?:^|\/)(?:licen[cs]e|copying|notice|copyright|patents|third[-_ ]?party[-_ ]?\w*)(?:[.-][\w.-]+)?$/i;
const MOST_PER_FILE = 20;
const MARKS = ["SPDX-License-Identifier", "opyright", "OPYRIGHT", "©"].map((word) => Buffer.from(word));

/** Cheap, and asked before anything is started. */
export const mayHoldHeader = ({ path, after }: ChangedContent): boolean =>
  LICENCE_FILE.test(path) || (Buffer.isBuffer(after) && MARKS.some((mark) => after.includes(mark)));

interface Line {
  readonly line: number;
  readonly kind: "spdx" | "copyright";
  readonly text: string;
}

function linesOf(side: Side): Line[] {
  if (!Buffer.isBuffer(side)) return [];
  return side
    .toString("utf8")
    .split("\n")
    .flatMap((raw, at): Line[] => {
      const text = raw.slice(0, 1000);
      const kind = SPDX.test(text) ? "spdx" : COPYRIGHT.test(text) ? "copyright" : null;
      return kind === null ? [] : [{ line: at + 1, kind, text: cut(text.trim(), 300) }];
    });
}

function addedIn(file: ChangedContent): LicenceHeader[] {
  const { path, before, after } = file;
  if (LICENCE_FILE.test(path)) {
    const text = before === null ? "added" : after === null ? "deleted" : "changed";
    return [{ path, line: 1, kind: "licence_file", text }];
  }
  const known = linesOf(before).map(({ text }) => text);
  const added = linesOf(after).filter(({ text }) => {
    const at = known.indexOf(text);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
  return added.slice(0, MOST_PER_FILE).map((line) => ({ path, ...line }));
}

export const licenceHeaders = (files: readonly ChangedContent[]): LicenceHeader[] =>
  files.filter(mayHoldHeader).flatMap(addedIn);
