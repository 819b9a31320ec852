// What the harness has to know of a test framework to plant tests in its files that must fail.
import type { FrameworkName } from "#lib/protocol/checks.ts";

export interface TestSource {
  /** Relative to the tree. */
  readonly path: string;
  readonly text: string;
}

export interface Plant {
  /** The file with the planted tests at its end. */
  readonly text: string;
  /** Names of the planted tests as a report will hold them; each is random enough to be nobody else's. */
  readonly names: readonly string[];
}

export interface Framework {
  readonly name: FrameworkName;
  /** Whether the file holds tests of this framework. `command`: what runs the tests, as one line. */
  recognises(source: TestSource, command: string): boolean;
  /** One test that throws, and one for each assertion function the file uses and this module knows. */
  plant(source: TestSource, token: string): Plant;
  /** Asked once for all tests of a report, then for each file: whether one of them is of it. Both may be very many. */
  among(tests: readonly string[]): (path: string) => boolean;
}

/** More assertion functions of one file than these have no canary. */
export const MOST_ASSERTIONS = 30;
