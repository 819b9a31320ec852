import type { RoleUrls } from "#lib/migrate/roles.ts";

/** What the test run's start hands to every test file. */
export interface TestServerFacts {
  /** Database that a test's own is copied from. */
  readonly template: string;
  /** Roles of the server, on its `postgres` database. */
  readonly urls: RoleUrls;
}
