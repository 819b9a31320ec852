// Writes docs/kpis.md from the definitions.
import { writeFileSync } from "node:fs";
import { kpiDocument } from "#lib/kpis/definitions/document.ts";

writeFileSync(new URL("../docs/kpis.md", import.meta.url), kpiDocument());
