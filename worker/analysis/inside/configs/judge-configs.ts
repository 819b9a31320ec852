// What a change of configuration does to what counts as passed.
import type { TestSighting } from "#lib/test-integrity/schema.ts";
import type { ChangedContent, Side } from "../request.ts";
import { lost } from "../tests/sightings.ts";
import { textOf, Unreadable } from "../trees/bounds.ts";
import { readSettings, type Settings } from "./settings.ts";
import { numbersIn, swallowing } from "./swallowed.ts";
import { configFormat, isRunnerConfig } from "./which.ts";

const THRESHOLD =
  /(?:coverageThreshold\.|thresholds?\.|(?:^|\.)(?:nyc|c8)\.|coverage\.(?:status|report)?\.?)[\w.*/-]*(?:branches|functions|lines|statements|target|100|perFile)$|fail_under$|minimum(?:#\d+)?$|minimumCoverage|check-?coverage$|coverage\.(?:branches|functions|lines|statements)$|sonar\.qualitygate\.wait$/i;
const OWN_FILE = /(?:^|\/)\.(?:nycrc|c8rc)/i;
const OWN_THRESHOLD = /^(?:branches|functions|lines|statements|check-coverage|per-file)$/;
const RETRIES =
  /(?:^|\.)(?:retry|retries|retryTimes|reruns|rerunFailingTestsCount|flakeRetries|maxRetries|retry\.max|test-runs)(?:#\d+)?(?:\.max|\.runMode|\.openMode|\.count)?$/i;
const PERMITS =
  /(?:^|\.)(?:continue-on-error|allow_failure|allow-failure|passWithNoTests|testFailureIgnore|ignoreFailures|soft_fail|continueOnError|dangerouslyIgnoreUnhandledErrors|skipTests|maven\.test\.skip)(?:#\d+)?$/i;
const RUN_KEYS =
  /^scripts\.(?:pre|post)?(?:test|coverage|ci|verify|check|e2e|unit)|^(?:jest|vitest|mocha|ava|nyc|c8|tap)\b|^tool\.(?:pytest|coverage|tox)/;

const EMPTY: Settings = { values: new Map(), commands: [] };

function lineOf(text: string, part: string): number | null {
  const at = text.indexOf(part.split("\n")[0]?.slice(0, 120) ?? part);
  return at < 0 ? null : text.slice(0, at).split("\n").length;
}

const isOn = (value: string | undefined): boolean =>
  value !== undefined && !["false", "0", "no", "off", "null", "undefined", ""].includes(value.toLowerCase());

interface Compared {
  readonly path: string;
  readonly text: string;
  readonly before: Settings;
  readonly after: Settings;
}

/** Less than before, gone, or turned off. */
function isLower(was: string, is: string | undefined): boolean {
  if (is === undefined) return isOn(was);
  const [then, now] = [Number.parseFloat(was), Number.parseFloat(is)];
  if (Number.isNaN(then) || Number.isNaN(now)) return isOn(was) && !isOn(is);
  // Below nothing: a negative threshold counts what may be uncovered.
  return then < 0 && now < 0 ? now < then : now < then;
}

function ofValues({ path, text, before, after }: Compared): TestSighting[] {
  const found: TestSighting[] = [];
  const isThreshold = (key: string): boolean =>
    THRESHOLD.test(key) || (OWN_FILE.test(path) && OWN_THRESHOLD.test(key));
  const place = (key: string) => lineOf(text, key.slice(key.lastIndexOf(".") + 1).replace(/#\d+$/, ""));
  const pair = (key: string, value: string | undefined) => (value === undefined ? null : `${key}: ${value}`);
  for (const [key, was] of before.values) {
    const is = after.values.get(key);
    if (isThreshold(key) && isLower(was, is))
      found.push(
        lost("threshold_lowered", path, place(key), { before: pair(key, was), after: pair(key, is) }),
      );
  }
  for (const [key, is] of after.values) {
    const was = before.values.get(key);
    if (was === is) continue;
    const details = { before: pair(key, was), after: pair(key, is) };
    const isMore = !(Number.parseInt(is, 10) <= Number.parseInt(was ?? "0", 10));
    if (RETRIES.test(key) && isOn(is) && isMore) found.push(lost("retries_added", path, place(key), details));
    if (PERMITS.test(key) && isOn(is) && !isOn(was))
      found.push(lost("exit_swallowed", path, place(key), details));
  }
  return found;
}

async function ofCommands({ path, text, before, after }: Compared): Promise<TestSighting[]> {
  const found: TestSighting[] = [];
  const known = [...before.commands];
  const fresh = after.commands.filter((command) => {
    const at = known.indexOf(command);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
  const had = new Map<string, number>();
  for (const command of known)
    for (const part of await swallowing(command)) had.set(part, (had.get(part) ?? 0) + 1);
  const numbers = known.flatMap(numbersIn);
  for (const command of fresh) {
    for (const part of await swallowing(command)) {
      const left = had.get(part) ?? 0;
      if (left > 0) had.set(part, left - 1);
      else
        found.push(
          lost("exit_swallowed", path, lineOf(text, part) ?? lineOf(text, command), { after: part }),
        );
    }
    for (const { kind, name, value } of numbersIn(command)) {
      const was = numbers.find((one) => one.name === name)?.value ?? (kind === "retries" ? 0 : null);
      const isWorse = was !== null && (kind === "retries" ? value > was : value < was);
      const rule = kind === "retries" ? "retries_added" : "threshold_lowered";
      const details = { before: was === null ? null : `${name} ${was}`, after: `${name} ${value}` };
      if (isWorse) found.push(lost(rule, path, lineOf(text, name), details));
    }
  }
  const now = after.commands.flatMap(numbersIn).map(({ name }) => name);
  const gone = numbers.filter(({ kind, name }) => kind === "threshold" && !now.includes(name));
  return [
    ...found,
    ...gone.map(({ name, value }) => lost("threshold_lowered", path, null, { before: `${name} ${value}` })),
  ];
}

/** Whether anything that says how tests are run is another than before. */
function touchesRunner({ path, before, after }: Compared): boolean {
  if (isRunnerConfig(path)) return true;
  const keys = new Set([...before.values.keys(), ...after.values.keys()]);
  return [...keys].some((key) => RUN_KEYS.test(key) && before.values.get(key) !== after.values.get(key));
}

const asText = (side: Side): string | null => {
  if (side === "large") throw new Unreadable("it is too large to be looked into");
  return side === null ? null : textOf(side);
};

async function judgeConfig(file: ChangedContent): Promise<TestSighting[]> {
  const format = configFormat(file.path);
  if (format === null) return [];
  const { path } = file;
  const [was, is] = [asText(file.before), asText(file.after)];
  const settingsOf = async (text: string | null) =>
    text === null ? EMPTY : readSettings(format, path, text);
  const before = await settingsOf(was).catch((error: unknown) => {
    // What cannot be read of the base is nothing the patch did.
    if (error instanceof Unreadable) return EMPTY;
    throw error;
  });
  const compared = { path, text: is ?? "", before, after: await settingsOf(is) };
  const found = [...ofValues(compared), ...(await ofCommands(compared))];
  const isNew = was === null && !isRunnerConfig(path);
  return !isNew && touchesRunner(compared)
    ? [...found, lost("runner_config", path, null, { after: is === null ? "deleted" : null })]
    : found;
}

export async function judgeConfigs(files: readonly ChangedContent[]): Promise<TestSighting[]> {
  const found: TestSighting[] = [];
  for (const file of files) {
    try {
      found.push(...(await judgeConfig(file)));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      found.push(lost("unreadable", file.path, null, { after: error.why }));
    }
  }
  return found;
}
