// Commands of a shell that turn failure into success, from bash's own grammar.
import { everyNode, flat, named, parse, type Syntax, textIn } from "../trees/parse.ts";

const HARMLESS =
  /^(?::|true|\/bin\/true|exit(?:\s+0)?|return(?:\s+0)?|echo\b.*|printf\b.*|exit\s+\$\{?EXIT_OK\}?)$/s;
const FLAGS =
  /(?:^|\s)(?:--passWithNoTests|--pass-with-no-tests|--exit-zero|--force-exit-zero|--no-fail|-DskipTests(?:=true)?|-Dmaven\.test\.skip(?:=true)?|-Dmaven\.test\.failure\.ignore(?:=true)?|-fn|--fail-never|--continue-on-failure|--no-fail-on-error|--ignore-failures|--suppress-exit-code|--no-threshold|--allow-failures?)(?=\s|$)/;

/** What in one piece of shell hides a failure; each once. */
export async function swallowing(command: string): Promise<string[]> {
  const text = command.replace(/^(?:RUN|CMD|ENTRYPOINT|\t?[-@+]+(?=\w))\s*/i, "");
  const found = new Set<string>();
  const { root } = await parse("bash", text.slice(0, 20_000));
  for (const node of everyNode(root)) {
    const part = ofNode(node);
    if (part !== null) found.add(flat(part).slice(0, 300));
  }
  if (/^\t?-\w/.test(command)) found.add(flat(command).slice(0, 300)); // make goes on after a failure
  const flag = FLAGS.exec(text);
  if (flag) found.add(flag[0].trim());
  // `a || exit 0` is one thing.
  return [...found].filter((part) => ![...found].some((other) => other !== part && other.endsWith(part)));
}

function ofNode(node: Syntax): string | null {
  if (node.type === "list") {
    const [left, right] = named(node);
    const operator = node.children.find(({ isNamed }) => !isNamed);
    if (!left || !right || !operator || textIn(operator) !== "||") return null;
    return HARMLESS.test(textIn(right).trim()) ? textIn(node) : null;
  }
  if (node.type !== "command") return null;
  const text = flat(textIn(node));
  if (/^set\s+(?:\+\w*e\w*|\+o\s+errexit)$/.test(text)) return text;
  return /^exit\s+0$/.test(text) ? text : null;
}

const NUMBERED: readonly (readonly [RegExp, "threshold" | "retries"])[] = [
  [/--cov-fail-under[= ](\d+(?:\.\d+)?)/, "threshold"],
  [/--fail-under[= ](\d+(?:\.\d+)?)/, "threshold"],
  [/--(?:lines|branches|functions|statements|threshold)[= ](\d+(?:\.\d+)?)/, "threshold"],
  [/--coverage\.thresholds\.\w+[= ](\d+(?:\.\d+)?)/, "threshold"],
  [/--(?:retries|retry|reruns|flaky-retries)[= ](\d+)/, "retries"],
  [/-Dsurefire\.rerunFailingTestsCount=(\d+)/, "retries"],
];

export interface Numbered {
  readonly kind: "threshold" | "retries";
  readonly name: string;
  readonly value: number;
}

/** Thresholds and retries that stand in a command. */
export const numbersIn = (command: string): Numbered[] =>
  NUMBERED.flatMap(([pattern, kind]) => {
    const found = pattern.exec(command.slice(0, 20_000));
    return found ? [{ kind, name: found[0].replace(/[= ].*/, ""), value: Number(found[1]) }] : [];
  });
