// The first message of TLS (RFC 8446 4.1.2, RFC 6066 3), as far as it says whom it is for. What sends it is hostile: every
// length is checked against what is there, and what can be read in two ways is not read at all. Pure.

export type Hello =
  /** It goes on. */
  | { readonly kind: "more" }
  | { readonly kind: "unreadable"; readonly why: string }
  /** `name`: the host it is for, in small letters; null where it names none. `isHidden`: it may hold another one, encrypted. */
  | { readonly kind: "hello"; readonly name: string | null; readonly isHidden: boolean };

/** Of a whole message, header included: post-quantum key shares make them some kilobytes long. */
export const MOST_HELLO_BYTES = 16 * 1024;

const CLIENT_HELLO = 1;
const HEADER = 4;
const SERVER_NAME = 0;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
const HOST_NAME = 0;
const NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

const unreadable = (why: string): Hello => ({ kind: "unreadable", why });

/** Thrown where a length says more than there is. */
class Short extends Error {}

interface Reader {
  number(bytes: 1 | 2): number;
  /** So many bytes, or a vector whose length comes first. */
  take(length: number): Buffer;
  vector(lengthBytes: 1 | 2): Buffer;
  isAtEnd(): boolean;
}

function readerOf(bytes: Buffer): Reader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Short();
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (count: 1 | 2): number => take(count).readUIntBE(0, count);
  return { number, take, vector: (count) => take(number(count)), isAtEnd: () => at === bytes.length };
}

/** Bytes of the handshake from its first message on, records taken off. */
export function readClientHello(bytes: Buffer): Hello {
  if (bytes.length > 0 && bytes[0] !== CLIENT_HELLO)
    return unreadable("it does not begin with a client's hello");
  if (bytes.length < HEADER) return { kind: "more" };
  const length = bytes.readUIntBE(1, 3);
  if (HEADER + length > MOST_HELLO_BYTES) return unreadable("its hello is too long");
  if (bytes.length < HEADER + length) return { kind: "more" };
  if (bytes.length > HEADER + length) return unreadable("something follows its hello");
  try {
    return readBody(bytes.subarray(HEADER));
  } catch (error) {
    if (error instanceof Short) return unreadable("a length in its hello is not true");
    throw error;
  }
}

function readBody(body: Buffer): Hello {
  const reader = readerOf(body);
  reader.take(2 + 32); // version and random
  const [session, ciphers, compressions] = [reader.vector(1), reader.vector(2), reader.vector(1)];
  if (session.length > 32 || ciphers.length < 2 || ciphers.length % 2 === 1 || compressions.length < 1)
    return unreadable("its hello is none");
  if (reader.isAtEnd()) return { kind: "hello", name: null, isHidden: false };
  const extensions = readerOf(reader.vector(2));
  if (!reader.isAtEnd()) return unreadable("something follows its extensions");
  const seen = new Set<number>();
  let name: string | null = null;
  while (!extensions.isAtEnd()) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (seen.has(type)) return unreadable("it says one thing twice");
    seen.add(type);
    if (type !== SERVER_NAME) continue;
    name = nameIn(content);
    if (name === null) return unreadable("the name it gives is none");
  }
  return { kind: "hello", name, isHidden: seen.has(ENCRYPTED_CLIENT_HELLO) };
}

/** The only name of the list. */
function nameIn(content: Buffer): string | null {
  const outer = readerOf(content);
  const list = readerOf(outer.vector(2));
  const kind = list.number(1);
  const name = list.vector(2).toString("latin1").toLowerCase();
  return kind === HOST_NAME && list.isAtEnd() && outer.isAtEnd() && NAME.test(name) ? name : null;
}
