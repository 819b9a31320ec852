// Which of the base's test files carry canaries, and what is written in their place.

import type { Framework, TestSource } from "../frameworks/framework.ts";
import { frameworkOf } from "../frameworks/registry.ts";

/** More than this and the files that come last carry none. */
const MOST_CANARIES = 6000;

export interface PlantedFile {
  readonly path: string;
  readonly framework: Framework;
  readonly text: string;
  readonly names: readonly string[];
  /** What reports of the base put before the names of its tests: a command that runs in a folder names files from there. */
  readonly places?: readonly string[];
}

export interface Planting {
  /** Part of every planted test's name, and of nothing else. */
  readonly token: string;
  readonly files: readonly PlantedFile[];
}

/** `token`: random, a letter and then letters, digits and underscores. */
export function plantInto(sources: readonly TestSource[], command: string, token: string): Planting {
  const files: PlantedFile[] = [];
  let left = MOST_CANARIES;
  for (const source of sources) {
    const framework = frameworkOf(source, command);
    if (framework === null) continue;
    // Names of its own for each file: what one file's tests report says nothing of another's, and Go's share a package.
    const { text, names } = framework.plant(source, `${token}_${files.length}`);
    if (names.length > left) break;
    left -= names.length;
    files.push({ path: source.path, framework, text, names });
  }
  return { token, files };
}

/** What the sandbox reads before the command runs: path, size and bytes of each file. */
export function plantingInput({ files }: Planting): Buffer {
  return Buffer.concat(
    files.map(({ path, text }) => {
      const bytes = Buffer.from(text, "utf8");
      return Buffer.concat([Buffer.from(`${path}\n${bytes.length}\n`, "utf8"), bytes]);
    }),
  );
}
