import { parseArgs } from "node:util";
import { z } from "zod";
import { badInput, messageOf } from "#lib/errors.ts";
import { type AgentsAct, parseAgentsAct } from "./agents/acts.ts";
import type { KpisAct } from "./kpis/run-recompute.ts";
import { type LogAct, parseLogAct } from "./log/acts.ts";

const COMMANDS = ["up", "dev", "doctor", "agents", "log", "evidence", "kpis", "help"] as const;
export type Command = (typeof COMMANDS)[number];

export interface Arguments {
  readonly command: Command;
  readonly port: number;
  /** Where models are called: ten above the pages' port, unless PILOTHOUSE_GATEWAY_PORT says otherwise. */
  readonly gatewayPort: number;
  /** Seed the demo pilot on an empty database. */
  readonly demo: boolean;
  /** What `log` is to do. */
  readonly logAct?: LogAct;
  /** What `agents` is to do. */
  readonly agentsAct?: AgentsAct;
  /** Which evidence `evidence reproduce` is about. */
  readonly evidence?: string;
  /** How `kpis recompute` is to go. */
  readonly kpisAct?: KpisAct;
}

export const DEFAULT_PORT = 4300;

export const HELP = `Usage: npm run up [-- options]

  npm run up       install what is missing, start everything, print the address
  npm run doctor   check this host without starting anything
  npm run dev      like up, with pages rebuilt while you edit
  npm run agents:add codex   install the Codex agent program, which is optional (300 MB)
  npm run log -- new-epoch --reason "WHY"   after a restore: the log goes on under a new name
  npm run log -- rotate-key                 another key signs the log, beside those that do
  npm run log -- retire-key ID              a key signs no more and is destroyed
  npm run evidence:reproduce ID             verify a patch again as for that evidence, and compare:
                                            ends with 0 where it is the same, 1 where it differs, 2 where it could not be tried
  npm run kpis:recompute                    make every fact of the KPIs what its rows say, and say which were not
  npm run kpis:recompute -- --check         only compare: ends with 1 where one differs

Options
  --port NUMBER    port of the pages (default ${DEFAULT_PORT})
  --no-demo        do not create the demo pilot on an empty database

Environment
  PILOTHOUSE_DATA            folder for everything that is kept
  DATABASE_URL               your own Postgres, as its owner, instead of the embedded one
  PILOTHOUSE_URL             address people open, where it is not http://localhost:PORT
  PILOTHOUSE_PROXY_HOPS      reverse proxies in front that append to X-Forwarded-For (default 0)
  PILOTHOUSE_ALLOWED_ROOTS   folders that repositories may be read from, colon separated
  PILOTHOUSE_GIT_CREDENTIALS file of https://user:token@host lines for https repositories, read by the worker
  PILOTHOUSE_INDICATORS      file of packages known to be malicious (a STIX 2.1 bundle), read by the worker
  PILOTHOUSE_LOG_KEY_FILE    private key that signs the log (Ed25519, PEM), instead of one made here
  PILOTHOUSE_WITNESSES       file of witnesses of the log: lines of verifier key and address
  PILOTHOUSE_GATEWAY_PORT    port of the gateway that models are called through (default: ten above the pages')
  PILOTHOUSE_GATEWAY_URL     where runners reach it, where that is not this host
  PILOTHOUSE_GATEWAY_HOST    address it listens at (default 127.0.0.1); any other needs the two files below
  PILOTHOUSE_GATEWAY_TLS_CERT, PILOTHOUSE_GATEWAY_TLS_KEY   its certificate and key, PEM
  PILOTHOUSE_NOTICE_HOSTS    hosts that notices may be sent to although they are not public, comma separated
  PILOTHOUSE_HTTP_PROVIDERS  hosts of model providers that may be spoken to without https, comma separated
  PILOTHOUSE_ALLOWED_HOSTS   hosts of repositories that may be private addresses, comma separated
  PILOTHOUSE_OIDC_ISSUER, PILOTHOUSE_OIDC_CLIENT_ID, PILOTHOUSE_OIDC_CLIENT_SECRET (or …_SECRET_FILE)   identity provider people sign in by
  PILOTHOUSE_SIGN_IN         any (default), or sso_only: passwords for PILOTHOUSE_EMERGENCY_ADMIN (an e-mail address) alone
  PILOTHOUSE_SECOND_FACTOR   optional (default), or required for roles that decide
  PILOTHOUSE_IDLE_MINUTES    a session nobody uses ends after so long (default 60)
  PILOTHOUSE_CHROMIUM        Chromium that prints weekly packs as PDF; otherwise looked for on PATH
  PILOTHOUSE_HUMAN_MINUTES   on (default), or off: minutes that people spend on runs are not counted
`;

const Port = z.coerce.number().int().min(1).max(65_535);

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        port: { type: "string" },
        "no-demo": { type: "boolean" },
        reason: { type: "string" },
        check: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [sentence] = messageOf(error).split(". "); // what follows it is advice about something else
    throw badInput(`${sentence}: "npm run up -- --help" lists the options.`);
  }
}

const BESIDE = 10;

function gatewayPortOf(port: number, env: Readonly<Record<string, string | undefined>>): number {
  const text = env.PILOTHOUSE_GATEWAY_PORT;
  if (!text) return port + BESIDE > 65_535 ? port - BESIDE : port + BESIDE;
  const given = Port.safeParse(text);
  if (!given.success || given.data === port)
    throw badInput(
      `PILOTHOUSE_GATEWAY_PORT takes another number from 1 to 65535 than the pages', not "${text}".`,
    );
  return given.data;
}

/** `PORT` of the environment stands where `--port` is not given. Refuses what it does not know. */
export function parseArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Arguments {
  const { values, positionals } = readOptions(argv);
  const [word = "up", ...more] = positionals;
  const command = COMMANDS.find((known) => known === word);
  const logAct = command === "log" && !values.help ? parseLogAct(more, values.reason) : undefined;
  const agentsAct = command === "agents" && !values.help ? parseAgentsAct(more) : undefined;
  const evidence = command === "evidence" && !values.help ? evidenceOf(more) : undefined;
  const kpisAct = command === "kpis" && !values.help ? kpisActOf(more, values.check ?? false) : undefined;
  if (!command || (more.length > 0 && !logAct && !agentsAct && !evidence && !kpisAct)) {
    throw badInput(`There is no command "${positionals.join(" ")}"; there are ${COMMANDS.join(", ")}.`);
  }
  const text = values.port ?? env.PORT ?? String(DEFAULT_PORT);
  const port = Port.safeParse(text);
  if (!port.success) throw badInput(`--port takes a number from 1 to 65535, not "${text}".`);
  const common = { port: port.data, gatewayPort: gatewayPortOf(port.data, env), demo: !values["no-demo"] };
  return {
    command: values.help ? "help" : command,
    ...common,
    ...(logAct ? { logAct } : {}),
    ...(agentsAct ? { agentsAct } : {}),
    ...(evidence ? { evidence } : {}),
    ...(kpisAct ? { kpisAct } : {}),
  };
}

function kpisActOf(words: readonly string[], isCheck: boolean): KpisAct {
  if (words.join(" ") !== "recompute") throw badInput("kpis takes: recompute, and perhaps --check.");
  return { isCheck };
}

function evidenceOf([act, id = "", ...more]: readonly string[]): string {
  if (act !== "reproduce" || more.length > 0 || id === "")
    throw badInput("evidence takes: reproduce ID, where ID is an evidence's, such as evi_….");
  return id;
}
