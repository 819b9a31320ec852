// Addresses of the log's pages: the filter is kept, whatever else changes.
import type { EntryFilter } from "#lib/log/schema.ts";

export interface LogLinks {
  /** The page after this cursor; null for the first. */
  readonly page: (after: string | null) => string;
  /** The same page with this entry open; null for none. */
  readonly entry: (id: string | null) => string;
}

export function logLinks(filter: EntryFilter, after: string | null): LogLinks {
  const address = (path: string, more: Record<string, string | null>) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...filter, ...more })) if (value) query.set(name, value);
    return query.size > 0 ? `${path}?${query}` : path;
  };
  return {
    page: (next) => address("/log", { after: next }),
    entry: (id) => address(id === null ? "/log" : `/log/${id}`, { after }),
  };
}
