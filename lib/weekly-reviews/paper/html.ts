// A week as one page of HTML for paper: our own markup, no script, nothing that loads. Every text is escaped.
import { visibleText } from "../../text/rules.ts";
import { headlineOf } from "../rules.ts";
import type { WeekView } from "../schema.ts";
import type { Cell, Section } from "./cell-rules.ts";
import { STATE_WORDS, sectionsOf } from "./section-rules.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" },
};

export const escapedHtml = (text: string): string =>
  visibleText(text, "line").replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

const STYLE = `@page{size:A4;margin:16mm 14mm}*{box-sizing:border-box}
body{font:10px/1.45 "Geist Sans","Liberation Sans",Arial,sans-serif;color:#16181d;margin:0}
h1{font-size:20px;margin:0 0 2px}h2{font-size:12px;margin:14px 0 2px;break-after:avoid}p{margin:0 0 6px}
.f{color:#5c6370}.v{font-size:13px;font-weight:600;margin:8px 0}.d{border:1px solid #16181d;padding:6px 8px;margin:8px 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}tr{break-inside:avoid}
th,td{text-align:left;vertical-align:top;border-bottom:1px solid #d8dbe2;padding:3px 6px 3px 0;overflow-wrap:anywhere}
th{font-weight:600;color:#5c6370}.good{color:#11632e}.bad{color:#a11320;font-weight:600}.need{color:#7a4a00}
code{font:8px "Geist Mono","Liberation Mono",monospace;overflow-wrap:anywhere}`;

/** No source of anything but this style, whatever the texts say. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

const td = ({ text, tone }: Cell): string => `<td${tone ? ` class="${tone}"` : ""}>${escapedHtml(text)}</td>`;

function section({ title, fact, columns, rows, empty }: Section): string {
  const head = `<h2>${escapedHtml(title)}</h2><p class="f">${escapedHtml(fact)}</p>`;
  if (rows.length === 0) return `${head}<p>${escapedHtml(empty)}</p>`;
  const titles = columns.map((column) => `<th>${escapedHtml(column)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map(td).join("")}</tr>`).join("");
  return `${head}<table><thead><tr>${titles}</tr></thead><tbody>${body}</tbody></table>`;
}

export function htmlOf(view: WeekView): string {
  const { pilotName, document, digest, state, reason } = view;
  const { number, firstDay, lastDay, timeZone, packedAt } = document;
  const title = escapedHtml(`${pilotName}: week ${number}`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>${title}</title><style>${STYLE}</style></head><body>
<h1>${title}</h1><p class="f">${firstDay} to ${lastDay} (${escapedHtml(timeZone)}), packed ${escapedHtml(packedAt)}</p>
<p class="v">${escapedHtml(headlineOf(document))}</p>
<p class="d"><b>${STATE_WORDS[state]}</b>${reason === null ? "" : `: ${escapedHtml(reason)}`}</p>
${sectionsOf(view).map(section).join("\n")}
<p class="f">Digest of the pack <code>${digest}</code></p></body></html>`;
}
