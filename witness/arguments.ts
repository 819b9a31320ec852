// The witness's command line. Everything that is wrong with it is said at once, a sentence for each mistake.
import { parseArgs } from "node:util";
import { messageOf } from "#lib/errors.ts";
import { parseVerifier, type Verifier } from "#lib/tlog/keys.ts";

export const HELP = `A witness cosigns the checkpoints of logs that it can see only growing.

  npm run witness -- --state DIR --log VKEY [--log VKEY …] [--port PORT] [--host ADDRESS] [--name NAME]

  --state DIR     its folder: its keys, and the last checkpoint it cosigned of each log
  --log VKEY      a log's verifier key, as the log's owner gave it; may be repeated
  --logs FILE     a file of verifier keys, one a line; lines that begin with # are passed over
  --port PORT     default 4400
  --host ADDRESS  address to listen on, default 127.0.0.1; put a proxy with TLS in front of any other
  --name NAME     its name in signatures, chosen on the first start and kept`;

export interface WitnessArguments {
  readonly state: string;
  readonly logs: readonly Verifier[];
  readonly host: string;
  readonly port: number;
  readonly name: string | null;
}

export type Parsed =
  | { readonly arguments: WitnessArguments }
  | { readonly mistakes: readonly string[] }
  | { readonly help: true };

const OPTIONS = {
  state: { type: "string" },
  log: { type: "string", multiple: true },
  logs: { type: "string" },
  port: { type: "string", default: "4400" },
  host: { type: "string", default: "127.0.0.1" },
  name: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Keys of a file, one a line. */
const keysIn = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

/** `read` gives the text of a file. */
export function parseArguments(argv: readonly string[], read: (path: string) => string): Parsed {
  const mistakes: string[] = [];
  const attempt = <T>(what: string, parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      mistakes.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const values = attempt("The command line is not usable", () =>
    parseArgs({ args: [...argv], options: OPTIONS }),
  )?.values;
  if (!values) return { mistakes };
  if (values.help) return { help: true };
  const { state, port: portText, host, name = null } = values;
  const { logs: file } = values;
  const listed = file === undefined ? "" : attempt(`--logs ${file}`, () => read(file));
  const texts = [...(values.log ?? []), ...keysIn(listed ?? "")];
  const logs = texts.map((text) => attempt(`The log key ${text}`, () => parseVerifier(text)));
  const port = Number(portText);
  if (!state) mistakes.push("--state is missing: the folder the witness keeps its keys and its memory in.");
  if (texts.length === 0 && listed !== undefined)
    mistakes.push("--log is missing: the verifier key of a log.");
  if (!/^\d{1,5}$/.test(portText) || port > 65_535) mistakes.push("--port is a number from 0 to 65535.");
  const known = logs.filter((verifier) => verifier !== undefined);
  return mistakes.length > 0
    ? { mistakes }
    : { arguments: { state: state ?? "", logs: known, host, port, name } };
}
