"use server";

import { askHistory } from "#lib/deliveries/fetches/ask-history.ts";
import { AskHistory } from "#lib/deliveries/fetches/schema.ts";
import { previewFile, takeFile } from "#lib/deliveries/files/take-file.ts";
import { TakeFile } from "#lib/deliveries/imports/schema.ts";
import { linkIncident } from "#lib/deliveries/links/link-incident.ts";
import { LinkIncident } from "#lib/deliveries/links/schema.ts";
import { connectPager as connect, endPager as end } from "#lib/deliveries/pagers/connect-pager.ts";
import { ConnectPager, EndPager } from "#lib/deliveries/pagers/schema.ts";
import { action } from "#lib/guard/action.ts";
import { publicOrigin } from "#lib/guard/public-host.ts";

/** Next itself stops at 1 MB. */
const FILE_BYTES = 1_000_000;

export const preview = action({
  permission: "delivery.record",
  maxBytes: FILE_BYTES,
  input: TakeFile,
  handler: ({ scope, input }) => previewFile(scope, input),
});

export const take = action({
  permission: "delivery.record",
  maxBytes: FILE_BYTES,
  input: TakeFile,
  handler: async ({ scope, input }) => {
    const { importId, rowsNew, rowsChanged, rowsUnchanged } = await takeFile(scope, input);
    const said =
      importId === null
        ? `All ${rowsUnchanged} rows were known already; nothing changed.`
        : `It is imported: ${rowsNew} new, ${rowsChanged} changed, ${rowsUnchanged} known already.`;
    return { said };
  },
});

export const link = action({
  permission: "delivery.record",
  maxBytes: 1024,
  input: LinkIncident,
  handler: async ({ scope, input }) => {
    await linkIncident(scope, input);
    return { done: "It is linked so." };
  },
});

export const ask = action({
  permission: "delivery.record",
  maxBytes: 1024,
  input: AskHistory,
  handler: async ({ scope, input }) => {
    await askHistory(scope, input);
    return { done: "GitHub is asked. How far it has come stands under Imports." };
  },
});

export const connectPager = action({
  permission: "delivery.record",
  maxBytes: 2048,
  input: ConnectPager,
  handler: async ({ scope, input }) => {
    const pagerId = await connect(scope, input);
    return {
      done: `It is connected. Give the webhook this address: ${publicOrigin()}/api/pagers/${pagerId}`,
    };
  },
});

export const endPager = action({
  permission: "delivery.record",
  maxBytes: 1024,
  input: EndPager,
  handler: async ({ scope, input }) => {
    await end(scope, input);
    return { done: "It is disconnected." };
  },
});
