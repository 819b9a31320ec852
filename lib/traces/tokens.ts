// The tokens of a text, where the provider said their log probabilities with it: OpenAI's and those who answer like it.
// A token may end inside a character; then it is taken together with the ones that end it.

export interface Token {
  readonly text: string;
  /** Natural logarithm, 0 at most. */
  readonly logprob: number;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;

function bytesOf({ token, bytes }: Readonly<Record<string, unknown>>): Buffer | null {
  if (Array.isArray(bytes)) return bytes.every(isByte) ? Buffer.from(bytes as number[]) : null;
  return typeof token === "string" ? Buffer.from(token, "utf8") : null;
}

/** How many bytes of a character that has begun are still to come. */
function missing(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return Math.max(0, (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) - back);
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** Null where nothing was said of them, or what was said is not of this text: then it is one piece. */
export function tokensOf(text: string, said: unknown): readonly Token[] | null {
  if (!Array.isArray(said) || said.length === 0 || text === "") return null;
  const tokens: Token[] = [];
  let begun: Buffer[] = [];
  /** The last bytes of what has begun: the rest says nothing of how it goes on. */
  let tail = Buffer.alloc(0);
  let logprob = 0;
  for (const one of said) {
    if (!isObject(one) || typeof one.logprob !== "number") return null;
    const bytes = bytesOf(one);
    if (bytes === null) return null;
    if (bytes.length === 0) continue; // one that ends the answer and stands for no text
    begun.push(bytes);
    tail = Buffer.concat([tail, bytes]).subarray(-3);
    logprob += Math.min(0, one.logprob);
    if (missing(tail) > 0) continue;
    tokens.push({ text: Buffer.concat(begun).toString("utf8"), logprob });
    begun = [];
    tail = Buffer.alloc(0);
    logprob = 0;
  }
  return begun.length === 0 && tokens.map((token) => token.text).join("") === text ? tokens : null;
}
