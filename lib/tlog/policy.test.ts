import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint } from "./checkpoint.ts";
import { type Cosigner, newCosigner } from "./cosignature.ts";
import { formatVerifier } from "./keys.ts";
import { formatNote, type Note, newSigner, openNote, type Signer, signNote } from "./note.ts";
import { judge, parsePolicy } from "./policy.ts";

const ORIGIN = "log.example/1";
const NOON = 1_800_000_000;
const text = formatCheckpoint({ origin: ORIGIN, size: 3, root: Buffer.alloc(32, 1) });

const ed25519 = () => generateKeyPairSync("ed25519").privateKey;
const log = newSigner(ORIGIN, ed25519());
const witnesses = ["x1", "x2", "x3", "y1", "y2", "y3"].map((name) => ({
  name,
  cosigner: newCosigner(
    `${name}.example`,
    name === "y3" ? generateKeyPairSync("ml-dsa-44").privateKey : ed25519(),
  ),
}));
const vkey = ({ name, publicKey, type }: Signer | Cosigner): string => formatVerifier(name, publicKey, type);
const keyOf = (wanted: string): string => {
  const found = witnesses.find(({ name }) => name === wanted);
  return found ? vkey(found.cosigner) : expect.fail(`no witness ${wanted}`);
};

/** The example of the specification, c2sp.org/tlog-policy. */
const EXAMPLE = `# who is believed
log ${vkey(log)} https://log.example/
\t
witness x1 ${keyOf("x1")}
witness x2   ${keyOf("x2")}\thttps://x2.example/
  witness x3 ${keyOf("x3")}
group x-witnesses 2 x1 x2 x3

witness y1 ${keyOf("y1")}
witness y2 ${keyOf("y2")}
witness y3 ${keyOf("y3")}
group y-witnesses any y1 y2 y3

group x-and-y all x-witnesses y-witnesses
quorum x-and-y
`;

function cosigned(...names: readonly string[]): Note {
  const published = openNote(signNote(text, [log]));
  const added = witnesses
    .filter(({ name }) => names.includes(name))
    .map(({ cosigner }) => ({
      name: cosigner.name,
      keyId: cosigner.keyId,
      signature: cosigner.cosign(text, NOON),
    }));
  return openNote(formatNote({ text, signatures: [...published.signatures, ...added] }));
}

describe("a policy", () => {
  test("asks for two of the one group and one of the other, as the specification's example", () => {
    const policy = parsePolicy(EXAMPLE);
    expect(policy.logs).toMatchObject([{ name: ORIGIN, url: "https://log.example/" }]);
    expect(policy.witnesses.map(({ url }) => url)).toEqual([
      null,
      "https://x2.example/",
      null,
      null,
      null,
      null,
    ]);
    expect(judge(policy, cosigned("x1", "x3", "y3"))).toMatchObject({
      isAccepted: true,
      log: { name: ORIGIN },
      witnesses: [{ name: "x1" }, { name: "x3" }, { name: "y3" }],
    });
    expect(judge(policy, cosigned("x1", "y1", "y2", "y3"))).toMatchObject({
      isAccepted: false,
      isQuorum: false,
    });
    expect(judge(policy, cosigned("x1", "x2", "x3")).isAccepted).toBe(false);
  });

  test("accepts exactly the subsets that its rule says", () => {
    const policy = parsePolicy(EXAMPLE);
    fc.assert(
      fc.property(fc.subarray(witnesses.map(({ name }) => name)), (names) => {
        const of = (letter: string) => names.filter((name) => name.startsWith(letter)).length;
        expect(judge(policy, cosigned(...names)).isAccepted).toBe(of("x") >= 2 && of("y") >= 1);
      }),
      { numRuns: 64 },
    );
  });

  test("may ask for one witness, or for none", () => {
    const one = parsePolicy(`log ${vkey(log)}\nwitness w ${keyOf("x1")}\nquorum w\n`);
    expect(judge(one, cosigned("x1")).isAccepted).toBe(true);
    expect(judge(one, cosigned("x2")).isAccepted).toBe(false);
    const none = parsePolicy(`quorum none\nlog ${vkey(log)}`);
    expect(judge(none, cosigned()).isAccepted).toBe(true);
  });

  test("probe: without logs it accepts nothing, and a log's key counts for its own origin only", () => {
    expect(judge(parsePolicy("quorum none\n"), cosigned()).isAccepted).toBe(false);
    const other = newSigner("other.example/1", ed25519());
    const policy = parsePolicy(`log ${vkey(other)}\nquorum none\n`);
    expect(judge(policy, openNote(signNote(text, [other]))).isAccepted).toBe(false);
  });

  test("probe: a cosignature of a known witness over another checkpoint refuses the note", () => {
    const policy = parsePolicy(EXAMPLE);
    const { signatures } = cosigned("x1", "x2", "y1");
    const other = formatCheckpoint({ origin: ORIGIN, size: 4, root: Buffer.alloc(32, 1) });
    const note = {
      text: other,
      signatures: [...openNote(signNote(other, [log])).signatures, ...signatures.slice(1)],
    };
    expect(() => judge(policy, note)).toThrow(expect.objectContaining({ code: "refused" }));
  });

  const w = (name: string, key: string) => `witness ${name} ${keyOf(key)}\n`;
  test.each([
    ["no quorum", w("a", "x1"), "no quorum line"],
    [
      "two quorums",
      "quorum none\nquorum none\n",
      "Line 2 of the policy is not usable: there is a quorum already",
    ],
    ["a quorum of two names", `${w("a", "x1")}quorum a a\n`, "one name"],
    ["a quorum nobody defined", "quorum a\n", "a is not defined before it"],
    ["a quorum defined after it", `quorum a\n${w("a", "x1")}`, "not defined before"],
    ["a name twice", w("a", "x1") + w("a", "x2"), "the name a is taken"],
    ["a group named as a witness", `${w("a", "x1")}group a any a\n`, "taken"],
    ["a witness called none", w("none", "x1"), "taken"],
    ["none in a group", "group g any none\n", "not defined"],
    ["a group of itself", "group g any g\n", "not defined"],
    ["a group of nobody", "group g all\n", "one member at least"],
    ["a member twice", `${w("a", "x1")}group g any a a\n`, "a member already"],
    ["a member of two groups", `${w("a", "x1")}group g any a\ngroup h any a\n`, "a member already"],
    ["a threshold of zero", `${w("a", "x1")}group g 0 a\n`, "from 1 to 1"],
    ["a threshold above its members", `${w("a", "x1")}group g 2 a\n`, "from 1 to 1"],
    ["a threshold in words", `${w("a", "x1")}group g some a\n`, "all, any"],
    ["a witness's key twice", w("a", "x1") + w("b", "x1"), "already on another line"],
    ["a log's key twice", `log ${vkey(log)}\nlog ${vkey(log)}\n`, "already on another line"],
    ["a log's key for a witness", `witness a ${vkey(log)}\n`, "does not make cosignatures"],
    ["no key", "witness a\n", "name+keyid"],
    ["more than an address", `log ${vkey(log)} https://a https://b\n`, "more on it"],
    ["a word nobody knows", "trust me\n", "none of log, witness"],
    ["a word of every object", "constructor a\n", "none of log, witness"],
    ["a carriage return", "quorum none\r\n", "control character"],
    ["nothing in it", "", "no quorum line"],
  ])("probe: is refused with %s", (_, policy, sentence) => {
    expect(() => parsePolicy(policy)).toThrow(sentence);
  });
});
