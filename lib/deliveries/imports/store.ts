import type { Db } from "../../db.ts";
import type { RowKind, Way } from "../rows/schema.ts";
import type { Counts } from "./schema.ts";

export interface ImportRow extends Counts {
  readonly id: string;
  readonly kind: RowKind;
  readonly way: Way;
  readonly source: string;
  readonly digest: string;
  readonly rowsRefused: number;
  readonly recordedBy: string | null;
  readonly recordedAt: Date;
}

export async function insertImport(db: Db, row: ImportRow): Promise<void> {
  await db.outsideImport.create({ data: row });
}

export interface KnownRepository {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  /** Of the forge it is connected with. */
  readonly address: string | null;
}

export async function selectRepositories(db: Db): Promise<KnownRepository[]> {
  return db.$queryRaw`
    select r.id, r.name, r.source, c.address
    from repository r left join forge_connection c on c.repository_id = r.id and c.ended_at is null
    order by r.name`;
}

export async function selectAuthorKey(db: Db): Promise<Uint8Array> {
  const { key } = await db.authorKey.findUniqueOrThrow({ where: { one: true } });
  return key;
}
