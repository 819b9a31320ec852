import { Document, visit } from "yaml";
import type { Charter } from "../pilots/schema.ts";
import { CHARTER_FILE_FORMAT } from "./file-schema.ts";

export interface NamedCharter {
  readonly name: string;
  readonly timeZone: string;
  readonly charter: Charter;
}

/** What a reader of the file would not see, or a line of it would end at: written as escapes. */
const UNSEEN = /(?!\n)[\p{C}\u2028\u2029]/u;

/** YAML 1.2. Reading it again gives the same charter. */
export function charterYaml({ name, timeZone, charter }: NamedCharter): string {
  const document = new Document({ format: CHARTER_FILE_FORMAT, name, timeZone, ...charter });
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === "string" && UNSEEN.test(scalar.value)) scalar.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}
