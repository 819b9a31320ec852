import { defineConfig } from "prisma/config";

// Read by Prisma's CLI only (authoring and generating, see scripts/prisma.ts); the product migrates with
// lib/migrate. Both databases are scratch: the shadow one is made and dropped by the engine stand-in.
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL, shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL },
  experimental: { externalTables: true },
  // Prisma must not write SQL for these: partitions and the notes of the batch trigger are said by hand in
  // a migration.
  tables: { external: ["public.run_event", "public.touched"] },
});
