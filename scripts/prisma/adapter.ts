// adapter-pg as the schema engine needs it. Two differences from what the client uses: catalog types the
// adapter does not know, and scripts sent whole (upstream splits at `;`, which breaks `$$` bodies).
import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import pg from "pg";
import { createDatabase, dropDatabase } from "./databases.ts";

const OID = {
  char: 18,
  int2vector: 22,
  regproc: 24,
  text: 25,
  regclass: 2205,
  nameArray: 1003,
  textArray: 1009,
};

const READ_AS: Readonly<Record<number, number>> = {
  [OID.char]: OID.text,
  [OID.int2vector]: OID.text,
  [OID.regproc]: OID.text,
  [OID.regclass]: OID.text,
  [OID.nameArray]: OID.textArray,
};

/** Travels with the column's name from the pool to `queryRaw`, so no state is shared between queries. */
const CHAR_MARK = "\u0000char";

function relabel(result: pg.QueryArrayResult): void {
  for (const field of result.fields ?? []) {
    const known = READ_AS[field.dataTypeID];
    if (field.dataTypeID === OID.char) field.name += CHAR_MARK;
    if (known !== undefined) field.dataTypeID = known;
  }
}

function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const query = pool.query.bind(pool);
  return Object.assign(pool, {
    async query(config: pg.QueryArrayConfig) {
      const answer: pg.QueryArrayResult | pg.QueryArrayResult[] = await query(config);
      for (const result of Array.isArray(answer) ? answer : [answer]) relabel(result);
      return answer;
    },
  });
}

async function openAdapter(url: string, schema: string | undefined): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaPg(openPool(url), { schema, disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  return Object.assign(adapter, {
    async queryRaw(query: Parameters<typeof queryRaw>[0]) {
      const result = await queryRaw(query);
      result.columnNames.forEach((name, index) => {
        if (!name.endsWith(CHAR_MARK)) return;
        result.columnNames[index] = name.slice(0, -CHAR_MARK.length);
        result.columnTypes[index] = ColumnTypeEnum.Character;
      });
      return result;
    },
    async executeScript(script: string) {
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] }); // no arguments: one simple query
    },
  });
}

/** A shadow database of its own, dropped when the engine lets go of it. */
async function openShadow(base: string, schema: string | undefined): Promise<SqlDriverAdapter> {
  const url = new URL(base);
  url.pathname = `/prisma_shadow_${randomUUID().replaceAll("-", "")}`;
  await createDatabase(url.toString());
  const adapter = await openAdapter(url.toString(), schema);
  const dispose = adapter.dispose.bind(adapter);
  return Object.assign(adapter, {
    async dispose() {
      await dispose();
      await dropDatabase(url.toString());
    },
  });
}

export interface DatabaseUrls {
  readonly url: string | undefined;
  readonly shadowUrl: string | undefined;
}

/** Without any URL (`prisma generate`, diffs of two files) connecting fails, and is never asked for. */
export function adapterFactory({ url, shadowUrl }: DatabaseUrls): SqlMigrationAwareDriverAdapterFactory {
  const main = url ?? "postgres://127.0.0.1:1/none";
  const schema = new URL(main).searchParams.get("schema") ?? undefined;
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => openAdapter(main, schema),
    connectToShadowDb: () => openShadow(shadowUrl ?? main, schema),
  };
}
