// Server-sent events out of bytes that are cut anywhere. Only what the providers send: `event` and `data`, lines ended
// by LF or CRLF.

export interface StreamEvent {
  /** Of its `event` line; empty where it has none. */
  readonly name: string;
  readonly data: string;
}

export interface EventReader {
  /** Hands over the events that are complete with this chunk, with the offset in the chunk at which each begins (0: or before it). */
  push(chunk: Buffer, take: (event: StreamEvent, offset: number) => void): void;
  /** Bytes that belong to no complete event. */
  pending(): number;
}

const LF = 0x0a;
const CR = 0x0d;
/** An event above this is passed on and not read. */
export const LONGEST_EVENT = 16 * 1024 * 1024;

export function createEventReader(longest: number = LONGEST_EVENT): EventReader {
  let line: Buffer[] = [];
  let lineLength = 0;
  let name = "";
  let data: string[] = [];
  let size = 0;
  let begin = 0;

  const reset = () => {
    name = "";
    data = [];
    size = 0;
  };

  function readField(text: string): void {
    const colon = text.indexOf(":");
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }

  function takeLine(bytes: Buffer): string {
    const whole = line.length === 0 ? bytes : Buffer.concat([...line, bytes]);
    line = [];
    lineLength = 0;
    const end = whole.at(-1) === CR ? whole.length - 1 : whole.length;
    return whole.toString("utf8", 0, end);
  }

  return {
    push(chunk, take) {
      begin = 0;
      let from = 0;
      for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
        size += at - from;
        if (size > longest) {
          line = [];
          lineLength = 0;
        }
        const text = size > longest ? (at - from <= 1 ? "" : "-") : takeLine(chunk.subarray(from, at));
        from = at + 1;
        if (text !== "") {
          if (size <= longest) readField(text);
          continue;
        }
        if (size <= longest && data.length > 0) take({ name, data: data.join("\n") }, begin);
        reset();
        begin = from;
      }
      const rest = chunk.subarray(from);
      size += rest.length;
      if (rest.length > 0 && size <= longest) {
        line.push(rest);
        lineLength += rest.length;
      } else if (size > longest) {
        line = [];
        lineLength = 0;
      }
    },
    pending: () => lineLength + data.length,
  };
}
