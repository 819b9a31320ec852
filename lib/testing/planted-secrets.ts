// Secrets made up on the spot, so that no file of the repository holds one.
import fc from "fast-check";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const word = (length: number, alphabet = LETTERS) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((characters) => characters.join(""));
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export interface Planted {
  readonly rule: string;
  /** What must not be read anywhere. */
  readonly secret: string;
  /** As it stands in a text. */
  readonly text: string;
}

const plain = (rule: string, secret: fc.Arbitrary<string>): fc.Arbitrary<Planted> =>
  secret.map((value) => ({ rule, secret: value, text: value }));

const lined = (text: string) => text.replace(/(.{64})/g, "$1\n");

/** One secret of a kind that is looked for. */
export const plantedSecret: fc.Arbitrary<Planted> = fc.oneof(
  plain(
    "github",
    word(36).map((value) => `ghp_${value}`),
  ),
  plain(
    "gitlab",
    word(20).map((value) => `glpat-${value}`),
  ),
  plain(
    "npm",
    word(36).map((value) => `npm_${value}`),
  ),
  plain(
    "stripe",
    word(24).map((value) => `sk_live_${value}`),
  ),
  plain(
    "anthropic",
    word(93).map((value) => `sk-ant-api03-${value}AA`),
  ),
  plain(
    "openai",
    fc.tuple(word(20), word(20)).map(([a, b]) => `sk-${a}T3BlbkFJ${b}`),
  ),
  plain(
    "slack",
    fc.tuple(word(12, "0123456789"), word(24)).map(([a, b]) => `xoxb-${a}-${b}`),
  ),
  plain(
    "aws",
    word(16, UPPER).map((value) => `AKIA${value}`),
  ),
  plain(
    "pilothouse",
    word(43).map((value) => `phe_${value}`),
  ),
  plain(
    "google",
    word(35).map((value) => `AIza${value}`),
  ),
  word(36).map((secret) => ({ rule: "npm", secret, text: `//registry.example/:_authToken=${secret}` })),
  word(40).map((secret) => ({ rule: "aws", secret, text: `aws_secret_access_key = ${secret}` })),
  word(32).map((secret) => ({ rule: "authorization", secret, text: `Authorization: Bearer ${secret}` })),
  word(24).map((secret) => ({
    rule: "database-connection-string",
    secret,
    text: `postgres://service:${secret}@db.internal:5432/main`,
  })),
  word(800).map((value) => {
    const secret = `-----BEGIN PRIVATE KEY-----\n${lined(`MII${value}`)}\n-----END PRIVATE KEY-----`;
    return { rule: "privatekey", secret, text: secret };
  }),
);
