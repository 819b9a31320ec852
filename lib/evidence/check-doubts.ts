// What evidence does not prove because of what was, or was not, checked beside the three trees. Pure.
import type { Checks } from "../protocol/checks.ts";
import { pathsNamed } from "../protocol/named-files.ts";
import type { NewOnBase } from "./new-tests.ts";

interface Changed {
  readonly path: string;
  /** Where a renamed file was before. */
  readonly previousPath?: string | null;
}

const named = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
/** "1 test is" or "3 tests are": what follows reads alike. */
const count = (list: readonly string[], noun: string, verbs: readonly [string, string]) =>
  list.length === 1 ? `1 ${noun} ${verbs[0]}` : `${list.length} ${noun}s ${verbs[1]}`;

/** `argv`: the charter's command; `isSound`: every planted test that was reported was reported failed; `files`: of the patch. */
export function checkDoubts(
  checks: Checks | null | undefined,
  argv: readonly string[],
  isSound = true,
  files: readonly Changed[] = [],
): string[] {
  const overlaid = overlayDoubts(checks, argv, files);
  if (!checks)
    return [
      "No canary: the runner that verified plants none. Whether tests can fail at all was not tried.",
      ...overlaid,
    ];
  return [
    ...canaryDoubts(checks, isSound),
    ...commandDoubts(checks, argv),
    ...overlaid,
    ...coverageDoubts(checks),
  ];
}

function canaryDoubts({ canary: { none, uncovered }, unreported }: Checks, isSound: boolean): string[] {
  const tried =
    none === null && !isSound
      ? "Not every planted test failed: that a test passes says nothing in the files that are named."
      : none === null
        ? "Planted tests failed as they must. A patch that tells them from the others could still let only them fail."
        : `No canary: ${none} Whether tests can fail at all with the patch was not tried.`;
  return [
    tried,
    ...(none === null && uncovered.length > 0
      ? [`${count(uncovered, "test file", ["carries", "carry"])} no canary: ${named(uncovered)}.`]
      : []),
    ...(unreported.length > 0
      ? [
          `${count(unreported, "file", ["holds", "hold"])} tests of the patch and reported none: ${named(unreported)}.`,
        ]
      : []),
  ];
}

/** A script that is called by its name is the patch's own. */
function commandDoubts({ command }: Checks, argv: readonly string[]): string[] {
  const isNamed = (words: readonly string[]) =>
    /(?:^|[\s;&|(])(?:npm|pnpm|yarn)(?:\s|$)/.test(words.join(" "));
  return isNamed(command ?? argv)
    ? ["The command calls scripts of package.json by name: with the patch those are the patch's own."]
    : [];
}

/** What the command names and calls is the base's in every tree, whatever the patch makes of it. */
function overlayDoubts(
  checks: Checks | null | undefined,
  argv: readonly string[],
  files: readonly Changed[],
): string[] {
  const paths = files.flatMap(({ path, previousPath }) => (previousPath ? [path, previousPath] : [path]));
  const changed = pathsNamed(paths, [...argv, ...(checks?.command ?? [])]);
  return [
    ...(changed.length === 0
      ? []
      : [
          `The patch changes ${named(changed)}, which the command names: the base's ran, and the patch's was not tried.`,
        ]),
    ...(checks ? calledDoubts(checks.followed, paths) : []),
  ];
}

function calledDoubts(followed: Checks["followed"], paths: readonly string[]): string[] {
  if (followed === undefined) return [];
  if (followed === null)
    return [
      "What the files call that the command names was not read: with the patch that is the patch's own.",
    ];
  const called = paths.filter((path) => followed.files.includes(path));
  const shared = paths.filter((path) => followed.shared.includes(path));
  return [
    ...(called.length === 0
      ? []
      : [
          `The patch changes ${named(called)}, which what the command runs calls: the base's ran, and the patch's was not tried.`,
        ]),
    ...(shared.length === 0
      ? []
      : [
          `The patch changes ${named(shared)}, which what runs the tests calls and the tests use as well: the patch's ran.`,
        ]),
    ...(followed.isCut
      ? [
          "What runs the tests calls more files than were followed: with the patch the others are the patch's own.",
        ]
      : []),
  ];
}

function coverageDoubts({ coverage, coverageReason }: Checks): string[] {
  if (coverage === null) return [`Which changed lines the tests run was not measured. ${coverageReason}`];
  return [
    "Which changed lines ran was counted by the process that ran them, agent's code included; that a line ran does not mean that a test would notice it wrong.",
  ];
}

/** `fresh`: new tests that pass in every run of the patch; `unsteady`: those that pass in some. */
export function newTestDoubts(
  seen: NewOnBase | null,
  fresh: readonly string[],
  unsteady: readonly string[],
): string[] {
  const said =
    unsteady.length === 0
      ? []
      : [
          `${count(unsteady, "new test", ["ends", "end"])} otherwise from run to run of the patch, and ${unsteady.length === 1 ? "proves" : "prove"} nothing: ${named(unsteady)}.`,
        ];
  return [...said, ...onBaseDoubts(seen, fresh)];
}

function onBaseDoubts(seen: NewOnBase | null, fresh: readonly string[]): string[] {
  if (fresh.length === 0) return [];
  if (seen === null) return [`${count(fresh, "new test", ["was", "were"])} not tried on the base.`];
  const { passing, unseen, problem } = seen;
  return [
    ...(passing.length > 0
      ? [
          `${count(passing, "new test", ["passes", "pass"])} on the base as well, which proves nothing of the patch: ${named(passing)}.`,
        ]
      : []),
    ...(unseen.length > 0
      ? [
          `${count(unseen, "new test", ["did", "did"])} not run on the base${problem === null ? "" : ` (${problem})`}: whether it would fail there is not known.`,
        ]
      : []),
  ];
}
