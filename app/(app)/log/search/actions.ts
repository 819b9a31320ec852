"use server";

import { action } from "#lib/guard/action.ts";
import { SearchLog } from "#lib/log-search/schema.ts";
import { searchLog } from "#lib/log-search/service.ts";

export const search = action({
  permission: "log.search",
  maxBytes: 4096,
  input: SearchLog,
  handler: ({ scope, input }) => searchLog(scope, input),
});
