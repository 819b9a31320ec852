// argon2id by Node's own crypto, stored as a PHC string. Parameters: OWASP's first choice for 19 MiB.
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { AppError } from "../errors.ts";

const MEMORY = 19_456; // KiB
const PASSES = 2;
const PARALLELISM = 1;
const TAG = 32;
const SALT = 16;

interface Stored {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const derive = promisify(argon2);

// Each derivation takes 19 MiB and a core; a flood of sign-ins waits in line and then is turned away.
const AT_ONCE = 2;
const IN_LINE = 100;
let running = 0;
const line: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (line.length >= IN_LINE)
      throw new AppError("too_many", "Too many sign-ins at once. Try again in a moment.");
    await new Promise<void>((go) => line.push(go));
  } else running++;
  try {
    return await work();
  } finally {
    const next = line.shift();
    if (next) next();
    else running--;
  }
}

function tagOf(password: string, parameters: Omit<Stored, "tag">, tagLength: number): Promise<Buffer> {
  const { memory, passes, parallelism, salt } = parameters;
  const message = Buffer.from(password.normalize("NFC"), "utf8");
  return inTurn(() => derive("argon2id", { message, nonce: salt, memory, passes, parallelism, tagLength }));
}

const base64 = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");

export async function hashPassword(password: string): Promise<string> {
  const parameters = { memory: MEMORY, passes: PASSES, parallelism: PARALLELISM, salt: randomBytes(SALT) };
  const tag = await tagOf(password, parameters, TAG);
  return `$argon2id$v=19$m=${MEMORY},t=${PASSES},p=${PARALLELISM}$${base64(parameters.salt)}$${base64(tag)}`;
}

function parse(phc: string): Stored {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc);
  if (!match) throw new Error("a stored password is not an argon2id PHC string");
  const [, memory, passes, parallelism, salt = "", tag = ""] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}

// What an account without a password is compared with: the same work, never the same tag.
const NOBODY: Stored = {
  memory: MEMORY,
  passes: PASSES,
  parallelism: PARALLELISM,
  salt: randomBytes(SALT),
  tag: randomBytes(TAG),
};

/** Does the same work for an account that does not exist (null). */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  const expected = stored === null ? NOBODY : parse(stored);
  const tag = await tagOf(password, expected, expected.tag.length);
  return timingSafeEqual(tag, expected.tag) && stored !== null;
}
