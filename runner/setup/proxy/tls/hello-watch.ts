// Looks at the beginning of a tunnel: it has to be TLS to the host that the tunnel was asked for. Nothing goes on before the
// client's hello is whole and names that host; a second hello, which a server may ask for (RFC 8446 4.1.4), has to name it too.
// Pure; pieces of bytes in, pieces of bytes out.
import { MOST_HELLO_BYTES, readClientHello } from "./client-hello.ts";

/** The tunnel is not for the host it was asked for. `named`: for which other one. */
export class HelloRefused extends Error {
  readonly named: string | null;
  constructor(why: string, named: string | null = null) {
    super(why);
    this.named = named;
  }
}

export interface HelloWatch {
  /** What of it, and of what came before, may go on now. Throws HelloRefused. */
  fromClient(piece: Buffer): Buffer;
  fromServer(piece: Buffer): void;
}

const RECORD_HEADER = 5;
const MOST_RECORD = 2 ** 14;
/** A hello is one record; where it is longer than that, or cut up on the way, it is some. */
const MOST_RECORDS = 16;
const MOST_HELD = MOST_HELLO_BYTES + MOST_RECORDS * RECORD_HEADER;
const HANDSHAKE = 22;
/** Change of cipher, alerts and application data: what a client may send between two hellos. None of it ends the watch. */
const BETWEEN: readonly (number | undefined)[] = [20, 21, 23];

const SERVER_HELLO = 2;
/** Where the random of a ServerHello ends in the server's first record. */
const RANDOM_END = RECORD_HEADER + 4 + 2 + 32;
const RETRY = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");
const NONE = Buffer.alloc(0);

const notTls = () => new HelloRefused("What begins in the tunnel is not TLS.");

export function watchHello(host: string): HelloWatch {
  let state: "first" | "between" | "second" | "open" = "first";
  let held: Buffer = NONE;
  /** Of `held`, what was read of the hello. */
  let read = 0;
  let records: Buffer[] = [];
  /** What is left of a record that goes on between two hellos. */
  let passing = 0;
  let answer: Buffer = NONE;

  /** The record at `read`: of the handshake, whole. Null where there is more to come. */
  function nextRecord(): Buffer | null {
    const [type, major] = [held[read], held[read + 1]];
    if ((type ?? HANDSHAKE) !== HANDSHAKE || (major ?? 3) !== 3) throw notTls();
    if (held.length < read + RECORD_HEADER) return null;
    const length = held.readUInt16BE(read + 3);
    if (length === 0 || length > MOST_RECORD) throw notTls();
    const end = read + RECORD_HEADER + length;
    return held.length < end ? null : held.subarray(read + RECORD_HEADER, end);
  }

  function requireNamed(handshake: Buffer): boolean {
    const said = readClientHello(handshake);
    if (said.kind === "more") return false;
    if (said.kind === "unreadable")
      throw new HelloRefused(`The TLS in the tunnel cannot be read: ${said.why}.`);
    if (said.isHidden)
      throw new HelloRefused("The TLS in the tunnel may name another host, encrypted (ECH).");
    if (said.name === null) throw new HelloRefused("The TLS in the tunnel names no host.");
    if (said.name !== host)
      throw new HelloRefused(`The TLS in a tunnel to ${host} is for this host instead.`, said.name);
    return true;
  }

  /** A whole hello with its records; null where there is more to come. */
  function takeHello(): Buffer | null {
    for (let record = nextRecord(); record !== null; record = nextRecord()) {
      read += RECORD_HEADER + record.length;
      records.push(record);
      if (records.length > MOST_RECORDS)
        throw new HelloRefused("The TLS in the tunnel begins in too many pieces.");
      if (requireNamed(Buffer.concat(records))) return takeHeld(read);
    }
    if (held.length > MOST_HELD) throw new HelloRefused("The TLS in the tunnel begins with too much.");
    return null;
  }

  function takeHeld(length: number): Buffer {
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    passing = Math.max(0, passing - length);
    read = 0;
    records = [];
    return taken;
  }

  /** Whether the server asks for a second hello; null until enough of its answer is there. */
  function isRetry(): boolean | null {
    const kind = answer[RECORD_HEADER] ?? SERVER_HELLO;
    if ((answer[0] ?? HANDSHAKE) !== HANDSHAKE || kind !== SERVER_HELLO) return false;
    return answer.length < RANDOM_END
      ? null
      : answer.subarray(RANDOM_END - RETRY.length, RANDOM_END).equals(RETRY);
  }

  /** What may go on between the hellos, or decides that there is no second one. */
  function takeBetween(): Buffer | null {
    if (passing > 0) return held.length === 0 ? null : takeHeld(Math.min(passing, held.length));
    const retry = isRetry();
    if (retry === false) {
      state = "open";
      return takeHeld(held.length);
    }
    if (held.length < RECORD_HEADER) return null;
    if (held[0] === HANDSHAKE) {
      if (retry === null) throw new HelloRefused("The TLS in the tunnel says more before it was answered.");
      state = "second";
      return NONE;
    }
    if (!BETWEEN.includes(held[0])) throw notTls();
    passing = RECORD_HEADER + held.readUInt16BE(3);
    return NONE;
  }

  function step(): Buffer | null {
    switch (state) {
      case "open":
        return held.length === 0 ? null : takeHeld(held.length);
      case "between":
        return takeBetween();
      case "first":
      case "second": {
        const hello = takeHello();
        if (hello !== null) state = state === "first" ? "between" : "open";
        return hello;
      }
    }
  }

  return {
    fromClient(piece) {
      if (state === "open" && held.length === 0) return piece;
      held = held.length === 0 ? piece : Buffer.concat([held, piece]);
      const passed: Buffer[] = [];
      for (let part = step(); part !== null; part = step()) passed.push(part);
      return Buffer.concat(passed);
    },
    fromServer(piece) {
      if (answer.length < RANDOM_END)
        answer = Buffer.concat([answer, piece.subarray(0, RANDOM_END - answer.length)]);
    },
  };
}
