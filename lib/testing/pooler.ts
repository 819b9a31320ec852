// A pooler in transaction mode, as small as one can be: every client gets the same backend for each statement
// it sends. Speaks enough of the protocol for statements without parameters.
import { createServer, type Socket } from "node:net";
import pg from "pg";

const SSL_REQUEST = 80_877_103;
const TEXT = 25;

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int = (value: number, bytes: 2 | 4): Buffer => {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 2) buffer.writeInt16BE(value);
  else buffer.writeInt32BE(value);
  return buffer;
};

const text = (value: string): Buffer => Buffer.from(`${value}\0`);

const READY = message("Z", Buffer.from("I"));
const WELCOME = Buffer.concat([message("R", int(0, 4)), message("K", Buffer.alloc(8)), READY]);

function rowDescription(fields: readonly pg.FieldDef[]): Buffer {
  const columns = fields.map(({ name }) =>
    Buffer.concat([text(name), int(0, 4), int(0, 2), int(TEXT, 4), int(-1, 2), int(-1, 4), int(0, 2)]),
  );
  return message("T", Buffer.concat([int(fields.length, 2), ...columns]));
}

function dataRow(values: readonly unknown[]): Buffer {
  const cells = values.map((value) => {
    if (value === null) return int(-1, 4);
    const bytes = Buffer.from(String(value));
    return Buffer.concat([int(bytes.length, 4), bytes]);
  });
  return message("D", Buffer.concat([int(values.length, 2), ...cells]));
}

async function answer(backend: pg.Client, sql: string): Promise<Buffer> {
  const result = await backend.query<unknown[]>({ text: sql, rowMode: "array" });
  const described =
    result.fields.length > 0 ? [rowDescription(result.fields), ...result.rows.map(dataRow)] : [];
  return Buffer.concat([...described, message("C", text(result.command)), READY]);
}

function serve(socket: Socket, backend: pg.Client): void {
  let rest = Buffer.alloc(0);
  let started = false;
  socket.on("error", () => undefined); // a client that leaves in a hurry
  socket.on("data", async (chunk) => {
    rest = Buffer.concat([rest, typeof chunk === "string" ? Buffer.from(chunk) : chunk]);
    for (;;) {
      const headLength = started ? 5 : 4;
      if (rest.length < headLength) return;
      const length = rest.readInt32BE(headLength - 4) + headLength - 4;
      if (rest.length < length) return;
      const body = rest.subarray(headLength, length);
      const type = started ? rest.toString("latin1", 0, 1) : "startup";
      rest = rest.subarray(length);
      if (type === "Q") socket.write(await answer(backend, body.toString("utf8", 0, body.length - 1)));
      else if (type === "X") return void socket.end();
      else if (type === "startup" && body.readInt32BE(0) === SSL_REQUEST) socket.write("N");
      else if (type === "startup") {
        started = true;
        socket.write(WELCOME);
      }
    }
  });
}

export interface Pooler {
  readonly url: string;
  close(): Promise<void>;
}

export async function startPooler(databaseUrl: string): Promise<Pooler> {
  const backend = new pg.Client({ connectionString: databaseUrl });
  await backend.connect();
  const server = createServer((socket) => serve(socket, backend));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `postgres://anybody:anything@127.0.0.1:${port}/pooled`,
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await backend.end();
    },
  };
}
