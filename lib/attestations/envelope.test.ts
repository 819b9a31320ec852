import { generateKeyPairSync, verify } from "node:crypto";
import { dsse } from "@sigstore/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { enveloped, IN_TOTO, keyIdOf, preAuthEncoding, rawEd25519 } from "./envelope.ts";

const pae = (type: string, body: string) => preAuthEncoding(type, Buffer.from(body)).toString("utf8");

describe("the pre-authentication encoding", () => {
  test("is that of the DSSE specification's test vector", () => {
    expect(pae("http://example.com/HelloWorld", "hello world")).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  test("counts bytes, not characters, and an empty body", () => {
    expect(pae("ü", "漢")).toBe("DSSEv1 2 ü 3 漢");
    expect(pae("", "")).toBe("DSSEv1 0  0 ");
  });

  test("probe: two pairs of type and body are never encoded alike", () => {
    const parts = fc.constantFrom("", " ", "a", "a 1 b", "1", "DSSEv1", "0 ");
    fc.assert(
      fc.property(parts, parts, parts, parts, (type, body, other, another) => {
        expect(pae(type, body) === pae(other, another)).toBe(type === other && body === another);
      }),
    );
  });
});

test("an envelope holds the statement, and the key's signature over its encoding", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { payload, payloadType, signatures } = enveloped(privateKey, '{"a":1}');
  const [signature] = signatures;
  const body = Buffer.from(payload, "base64");
  expect(body.toString()).toBe('{"a":1}');
  expect(payloadType).toBe(IN_TOTO);
  expect(signature?.keyid).toBe(keyIdOf(rawEd25519(publicKey)));
  const sig = Buffer.from(signature?.sig ?? "", "base64");
  expect(verify(null, preAuthEncoding(payloadType, body), publicKey, sig)).toBe(true);
  expect(verify(null, preAuthEncoding("text/plain", body), publicKey, sig)).toBe(false);
});

test("another implementation of DSSE finds the same bytes signed", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const texts = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(texts, texts, (type, text) => {
      const body = Buffer.from(text, "utf8");
      expect(preAuthEncoding(type, body).equals(dsse.preAuthEncoding(type, body))).toBe(true);
    }),
  );
  const { payload, payloadType, signatures } = enveloped(privateKey, '{"predicate":"漢 😀"}');
  const encoded = dsse.preAuthEncoding(payloadType, Buffer.from(payload, "base64"));
  expect(verify(null, encoded, publicKey, Buffer.from(signatures[0]?.sig ?? "", "base64"))).toBe(true);
});
