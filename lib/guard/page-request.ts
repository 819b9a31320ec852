import { headers } from "next/headers";
import { cache } from "react";
import { type DoorRequest, doorRequest } from "./core.ts";

/** One request object per render, so that layout and page look at the session once. */
export const pageRequest: () => Promise<DoorRequest> = cache(async () => doorRequest("GET", await headers()));
