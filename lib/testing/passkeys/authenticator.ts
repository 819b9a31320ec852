// An authenticator in software: it makes keys and signs as WebAuthn Level 3 says, and does wrong where a test asks.
import {
  createHash,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign as signBytes,
} from "node:crypto";
import type { Assertion, Registration } from "#lib/passkeys/schema.ts";

export type Algorithm = "ES256" | "EdDSA" | "RS256";

/** What it does otherwise than it should. */
export interface Otherwise {
  readonly origin?: string;
  readonly rpId?: string;
  /** Base64url. */
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  /** Nobody was asked for a PIN, a fingerprint or a face. */
  readonly unverified?: boolean;
  readonly counter?: number;
  /** Says that it is another credential. */
  readonly id?: string;
  readonly spoil?: "signature" | "authenticatorData";
}

export interface Authenticator {
  readonly credentialId: string;
  /** COSE_Key. */
  readonly publicKey: Buffer;
  create(options: { readonly challenge: string }, otherwise?: Otherwise): Registration;
  get(options: { readonly challenge: string }, otherwise?: Otherwise): Assertion;
}

const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40];

const url64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();

/** CBOR (RFC 8949) of whole numbers, bytes, texts and maps: head of a major type, then the value. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.of((major << 5) | value);
  if (value < 256) return Buffer.of((major << 5) | 24, value);
  return Buffer.of((major << 5) | 25, value >> 8, value & 0xff);
}

type Cbor = number | string | Uint8Array | readonly (readonly [number | string, Cbor])[];

function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") {
    const bytes = Buffer.from(value, "utf8");
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.length), ...value.flatMap(([key, inner]) => [cbor(key), cbor(inner)])]);
}

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
}

const part = (jwk: JsonWebKey, name: "x" | "y" | "n" | "e"): Buffer =>
  Buffer.from(String(jwk[name]), "base64url");

function keyPair(algorithm: Algorithm): KeyPair {
  switch (algorithm) {
    case "ES256": {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const jwk = publicKey.export({ format: "jwk" });
      const key: Cbor = [
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, part(jwk, "x")],
        [-3, part(jwk, "y")],
      ];
      return { privateKey, publicKey: cbor(key) };
    }
    case "EdDSA": {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      const jwk = publicKey.export({ format: "jwk" });
      const key: Cbor = [
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, part(jwk, "x")],
      ];
      return { privateKey, publicKey: cbor(key) };
    }
    case "RS256": {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const jwk = publicKey.export({ format: "jwk" });
      const key: Cbor = [
        [1, 3],
        [3, -257],
        [-1, part(jwk, "n")],
        [-2, part(jwk, "e")],
      ];
      return { privateKey, publicKey: cbor(key) };
    }
  }
}

/** For one credential at one site. Its counter grows by one each time. */
export function softAuthenticator(
  site: { readonly origin: string; readonly rpId: string },
  algorithm: Algorithm = "ES256",
): Authenticator {
  const { privateKey, publicKey } = keyPair(algorithm);
  const credential = randomBytes(32);
  const credentialId = url64(credential);
  let counter = 0;

  const clientData = (type: string, challenge: string, otherwise: Otherwise): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: otherwise.type ?? type,
        challenge: otherwise.challenge ?? challenge,
        origin: otherwise.origin ?? site.origin,
        crossOrigin: otherwise.crossOrigin ?? false,
      }),
    );

  function authenticatorData(
    { rpId = site.rpId, unverified, counter: given }: Otherwise,
    more: number,
  ): Buffer {
    const count = Buffer.alloc(4);
    counter += 1;
    count.writeUInt32BE(given ?? counter);
    const flags = PRESENT | (unverified ? 0 : VERIFIED) | more;
    return Buffer.concat([sha256(rpId), Buffer.of(flags), count]);
  }

  return {
    credentialId,
    publicKey,
    create({ challenge }, otherwise = {}) {
      const size = Buffer.of(credential.length >> 8, credential.length & 0xff);
      const attested = Buffer.concat([Buffer.alloc(16), size, credential, publicKey]);
      const authData = Buffer.concat([authenticatorData(otherwise, ATTESTED), attested]);
      const object: Cbor = [
        ["fmt", "none"],
        ["attStmt", []],
        ["authData", authData],
      ];
      return {
        ...{ id: credentialId, rawId: credentialId, type: "public-key" },
        response: {
          clientDataJSON: url64(clientData("webauthn.create", challenge, otherwise)),
          attestationObject: url64(cbor(object)),
          transports: ["internal"],
        },
      };
    },
    get({ challenge }, otherwise = {}) {
      const said = clientData("webauthn.get", challenge, otherwise);
      const told = authenticatorData(otherwise, 0);
      const hash = algorithm === "EdDSA" ? null : "sha256";
      const signature = signBytes(hash, Buffer.concat([told, sha256(said)]), privateKey);
      if (otherwise.spoil === "signature") signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      if (otherwise.spoil === "authenticatorData") told[36] = (told[36] ?? 0) ^ 0x80;
      const id = otherwise.id ?? credentialId;
      return {
        ...{ id, rawId: id, type: "public-key" },
        response: {
          clientDataJSON: url64(said),
          authenticatorData: url64(told),
          signature: url64(signature),
        },
      };
    },
  };
}
