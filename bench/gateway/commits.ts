// What durability costs on this machine in the same run: a row of a call's size, one statement, committed.
import pg from "pg";

export interface Commits {
  /** Milliseconds of one commit. */
  once(): Promise<number>;
  close(): Promise<void>;
}

const ROW_BYTES = 6 * 1024;

export async function openCommits(connectionString: string): Promise<Commits> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined); // whoever commits is told; else it would hide what ended the bench
  await client.connect();
  await client.query("create table if not exists bench_commit (id bigserial primary key, bytes bytea)");
  const row = Buffer.alloc(ROW_BYTES, 1);
  return {
    async once() {
      const began = performance.now();
      await client.query({
        name: "commit",
        text: "insert into bench_commit (bytes) values ($1)",
        values: [row],
      });
      return performance.now() - began;
    },
    close: () => client.end(),
  };
}
