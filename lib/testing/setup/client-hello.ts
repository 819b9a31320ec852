// Hellos of TLS, as clients write them and as they should not.

const sized = (bytes: 1 | 2 | 3, content: Uint8Array): Buffer => {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
};
const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);

export const extension = (type: number, content: Uint8Array): Buffer =>
  Buffer.concat([u16(type), sized(2, content)]);

export const serverName = (...names: readonly string[]): Buffer =>
  extension(
    0,
    sized(
      2,
      Buffer.concat(
        names.map((name) => Buffer.concat([Buffer.from([0]), sized(2, Buffer.from(name, "latin1"))])),
      ),
    ),
  );

/** Supported versions with 1.3, as every client of today says it. */
const VERSIONS = extension(43, Buffer.from([2, 3, 4]));

/** A message of the handshake; without extensions where they are null. */
export function helloMessage(
  extensions: readonly Buffer[] | null,
  { session = 32, random = 7 } = {},
): Buffer {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, random),
    sized(1, Buffer.alloc(session, 1)),
    sized(2, Buffer.from([0x13, 0x01, 0x13, 0x02])),
    sized(1, Buffer.from([0])),
    extensions === null ? Buffer.alloc(0) : sized(2, Buffer.concat(extensions)),
  ]);
  return Buffer.concat([Buffer.from([1]), sized(3, body)]);
}

export const recordOf = (type: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([type, 3, 1]), sized(2, content)]);

/** A handshake in records of these lengths; the last one takes the rest. */
export function recordsOf(message: Buffer, lengths: readonly number[] = []): Buffer {
  const all: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at + length >= message.length) break;
    all.push(recordOf(22, message.subarray(at, at + length)));
    at += length;
  }
  return Buffer.concat([...all, recordOf(22, message.subarray(at))]);
}

export const helloTo = (name: string): Buffer => recordsOf(helloMessage([serverName(name), VERSIONS]));

/** A ServerHello, or one that asks for another hello. */
export function serverHello(isRetry: boolean): Buffer {
  const retry = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");
  const body = Buffer.concat([Buffer.from([3, 3]), isRetry ? retry : Buffer.alloc(32, 9), Buffer.alloc(40)]);
  return recordOf(22, Buffer.concat([Buffer.from([2]), sized(3, body)]));
}
